"""The states of the rules in force, at the judge: read again when somebody chose, put on the engine, parked by it.

A rule that is off everywhere, or parked, is not evaluated. What the engine parks by itself, since it cost too much, is
written down with the next block, so that it stays parked after a restart, until somebody chooses a state for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from tramgac_rules.judge import Judge

from tramgac_collector import database, rule_decisions
from tramgac_collector.rule_states import States

Parked = Mapping[str, tuple[str, str]]
"""Digest and reason of rules, by id."""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Standing:
    """The states of one set of rules after the other."""

    engine: Engine
    first: bool = True
    """Whether it is this judge, of several, that notes since when there are rules."""
    _judge: Judge | None = None
    _digests: Mapping[str, str] = field(default_factory=dict)
    _watched: Mapping[str, str] = field(default_factory=dict)
    _number: int = -1
    """Of the changes that were read."""
    _idle: dict[str, str] = field(default_factory=dict)
    """Rules that the engine does not evaluate for what is written."""
    _began: bool = False

    def take(self, judge: Judge, watched: Mapping[str, str], digests: Mapping[str, str]) -> States:
        """Return the states of other rules, which are to be in force. `digests`: of correlations too."""
        self._judge, self._watched, self._digests = judge, watched, digests
        self._idle, self._began = {}, False
        return self._read()

    def changed(self, now: int) -> States | None:
        """Return the states if they are other than at the last look; note since when there are rules that are new."""
        if self._judge is None:
            return None
        if not self._began:
            if self.first:
                with database.session(self.engine) as s:
                    rule_decisions.began(s, self._digests, now)
            self._began = True
        with database.reading(self.engine) as s:
            if rule_decisions.number(s) == self._number:
                return None
        return self._read()

    def parked(self) -> Parked:
        """Return what the engine parked by itself and is not written down yet."""
        judge = self._judge
        if judge is None or len(judge.parked) == len(self._idle):
            return {}
        found = {rule: reason for rule, reason in judge.parked.items() if rule not in self._idle}
        return {rule: (judge.rules[rule].digest, reason) for rule, reason in found.items()}

    def noted(self, parked: Parked) -> None:
        """Say that it is written down now."""
        for rule, (_, reason) in parked.items():
            _LOG.warning(
                "a rule is parked", rule=rule, reason=reason, advice="mend it; tramgac rules state tries again"
            )
            self._idle[rule] = reason

    def _read(self) -> States:
        with database.reading(self.engine) as s:
            number = rule_decisions.number(s)  # before the rest: what changes meanwhile is read next time
            states = rule_decisions.load(s, self._watched, self._digests)
        self._number = number
        self._apply(states)
        return states

    def _apply(self, states: States) -> None:
        judge = self._judge
        assert judge is not None  # whoever reads has rules
        idle = dict(states.idle(judge.rules))
        for rule in self._idle.keys() - idle.keys():
            judge.resume(rule)
        for rule in idle.keys() - judge.parked.keys():
            judge.park(rule, idle[rule])
        self._idle = idle
