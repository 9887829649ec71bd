"""What becomes of an event that meets a rule: the state of the rule, at the host's site. Pure.

    alert    an alert is raised
    watch    it is counted, and nothing is raised; a correlation that refers to the rule hears of it all the same
    off      nothing: not counted, no correlation hears of it; off everywhere, the rule is not evaluated
    parked   the rule cost too much and is not evaluated, until somebody chooses a state for it or its text changes

Who decides: a state that was chosen for the site, else one for all sites, else the author, whose signature says which
rules are to be watched. Parked stands above all of them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ALERT, WATCH, OFF, PARKED = "alert", "watch", "off", "parked"
EVERYWHERE = ""
"""Stands for all sites, and for the site of hosts that have none."""
LONGEST = 64
"""Characters of a rule's key."""
_NONE: Mapping[str, str] = MappingProxyType({})
_HASHED = 32


@dataclass(frozen=True, slots=True)
class States:
    """The states of all rules at one moment.

    `watched`: rules that their author's signature puts under watch, and why (imported, experimental, hunting).
    `chosen`: what people chose, by rule's key and site. `parked`: why rules are parked, by key.
    """

    watched: Mapping[str, str] = field(default_factory=lambda: _NONE)
    chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)
    parked: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def of(self, rule: str, site: str = EVERYWHERE) -> str:
        """Return the state of a rule at a site."""
        key = key_of(rule)
        if key in self.parked:
            return PARKED
        state = self.chosen.get((key, site)) if site else None
        return state or self.chosen.get((key, EVERYWHERE)) or self.default(rule)

    def default(self, rule: str) -> str:
        """Return the state that the author's signature says."""
        return WATCH if rule in self.watched else ALERT

    def sites(self, rule: str) -> Mapping[str, str]:
        """Return what was chosen for single sites."""
        key = key_of(rule)
        return {site: state for (name, site), state in self.chosen.items() if name == key and site}

    def idle(self, rules: Iterable[str]) -> Mapping[str, str]:
        """Return those of the rules that need no evaluation, and why: parked, or off everywhere."""
        elsewhere = {key for (key, site), state in self.chosen.items() if site and state != OFF}
        found = {}
        for rule in rules:
            key = key_of(rule)
            if key in self.parked:
                found[rule] = self.parked[key]
            elif key not in elsewhere and self.of(rule) == OFF:
                found[rule] = OFF
        return found


def key_of(rule: str) -> str:
    """Return what tables name a rule by: its id, or of a longer one the beginning and a hash of all of it."""
    if len(rule) <= LONGEST:
        return rule
    told = hashlib.sha256(rule.encode(errors="backslashreplace")).hexdigest()[:_HASHED]
    return f"{rule[: LONGEST - _HASHED - 1]}~{told}"
