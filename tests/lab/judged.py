"""What rules make of recordings: alerts, each with its host and its cause. Not a lane itself."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_collector.matching.correlating import Gathering
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record
from tramgac_rules.rule import Rule

from tests.lab.recordings import Recording, parent

TECHNIQUE = re.compile(r"t[0-9]{4}(\.[0-9]{3})?")
ALERTING = ("medium", "high", "critical")
# Fields that tell what did it, the most exact first: a process by its id, a logon session, an account.
CAUSES = ("ParentProcessGuid", "SourceProcessGUID", "ProcessGuid", "SubjectLogonId", "TargetLogonId", "TargetUserName")


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that one event, or several, met. `cause`: the process, the session or the account that it comes from."""

    rule: Rule
    host: str
    cause: str

    @property
    def loud(self) -> bool:
        """Whether it is of a level that asks for somebody's attention."""
        return self.rule.level in ALERTING

    @property
    def promoted(self) -> bool:
        """Whether its rule alerts from the start; what is experimental is watched first."""
        return self.rule.status != "experimental"

    @property
    def key(self) -> tuple[str, str, str]:
        """What alerts are grouped by."""
        return self.rule.id, self.host, self.cause


class RuleSet:
    """Rules and their correlations, to be asked about one recording after the other."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Compile them."""
        compiled = compile_rules(folders)
        self.judge = Judge.load(compiled.pack)
        self._correlations = correlations.load(compiled.pack, self.judge.rules)

    def alerts(self, recording: Recording) -> tuple[list[Alert], int]:
        """Return what a recording gives, and how many events it has."""
        gathering, found, count = Gathering(self._correlations), [], 0
        for entry in recording.entries():
            if entry.record is None:
                continue
            count += 1
            met = self.judge.match(entry.record)
            if not met:
                continue
            host, cause = _text(entry.record, "Computer"), cause_of(entry.record)
            gathering.add(entry, met, {"host": host, "cause": cause})
            found += [Alert(rule, host, cause) for rule in met if rule.id not in self._correlations.quiet]
        for fired in gathering.fired():
            last: Mapping[str, Any] = fired.events[-1]
            found.append(Alert(fired.correlation.rule, last["host"], "/".join(fired.window.group)))
        return found, count


def techniques(alerts: Sequence[Alert]) -> set[str]:
    """Return the techniques that alerts speak of."""
    tags = {tag.lower().removeprefix("attack.") for alert in alerts for tag in alert.rule.tags}
    return {tag.upper() for tag in tags if TECHNIQUE.fullmatch(tag)}


def told(labels: Collection[str], found: Collection[str]) -> bool:
    """Whether one of the techniques found is a label, or the technique above or below one; sisters do not count."""
    return any(one == two or parent(one) == two or one == parent(two) for one in labels for two in found)


def cause_of(record: Record) -> str:
    """Return what an event comes from, as well as its fields tell it."""
    return next((text for name in CAUSES if (text := _text(record, name))), "")


def _text(record: Record, name: str) -> str:
    value = record.fields.get(name, "")
    return value if isinstance(value, str) else value[0]
