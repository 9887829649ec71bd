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
    """A Sigma rule as a detection refers to it. `digest`: SHA-256 of its source document, 16 hex digits."""

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
