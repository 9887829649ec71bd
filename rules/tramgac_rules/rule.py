"""What is known of a rule beside its logic."""

from dataclasses import dataclass, field

from tramgac_rules.about import About, Book


@dataclass(frozen=True, slots=True)
class LogSource:
    """Sigma's log source; an empty text where the rule says nothing."""

    product: str = ""
    category: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A Sigma rule, or a correlation of rules, as a detection refers to it.

    `fields`: what it reads, sorted. `digest`: SHA-256 of its source document, 16 hex digits. What it says to people
    beyond its title is in `about`, which is read when it is first asked for.
    """

    id: str
    title: str
    level: str
    tags: tuple[str, ...] = ()
    status: str = ""
    logsource: LogSource = LogSource()
    fields: tuple[str, ...] = ()
    digest: str = ""
    book: Book = field(default_factory=Book, repr=False)

    @property
    def about(self) -> About:
        """What is said of it; empty where that was not given (an agent has none)."""
        return self.book.about(self.id)
