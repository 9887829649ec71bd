"""What is known of a rule beside its logic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogSource:
    """Sigma's log source; an empty text where the rule says nothing."""

    product: str = ""
    category: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A Sigma rule as a detection refers to it.

    What ends in `_vi` says it in Vietnamese, empty where the author did not; `triage`: what whoever gets
    the alert looks at, step by step; `digest`: SHA-256 of its source document, 16 hex digits.
    """

    id: str
    title: str
    level: str
    tags: tuple[str, ...]
    description: str
    status: str
    author: str
    falsepositives: tuple[str, ...]
    references: tuple[str, ...]
    logsource: LogSource
    fields: tuple[str, ...]
    path: str
    digest: str
    title_vi: str = ""
    description_vi: str = ""
    triage: tuple[str, ...] = ()
    triage_vi: tuple[str, ...] = ()
    falsepositives_vi: tuple[str, ...] = ()
