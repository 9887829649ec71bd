"""Tables of the control store for exceptions: what shall not alert, who said so, and what it held back."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Document, HostText, Key
from tramgac_collector.rule_schema import RuleKey, SiteKey
from tramgac_collector.schema import Base


class ExceptionRow(Base):
    """A rule does not alert where events meet a search. One that ended stays, with what it held back."""

    __tablename__ = "exceptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(RuleKey)
    """As `rule_states.key_of` makes it; `*` for every rule."""
    name: Mapped[str]
    """The rule's id in full."""
    site: Mapped[str] = mapped_column(SiteKey)
    """Only there; empty for everywhere."""
    query: Mapped[str] = mapped_column(HostText)
    by: Mapped[str]
    why: Mapped[str] = mapped_column(HostText)
    time: Mapped[int]
    expires: Mapped[int] = mapped_column(default=0)
    """When it ends by itself, nanoseconds since 1970 UTC; 0: never."""
    ended: Mapped[int] = mapped_column(default=0)
    """When somebody ended it; 0: nobody has."""
    ended_by: Mapped[str] = mapped_column(default="")
    ended_why: Mapped[str] = mapped_column(HostText, default="")
    prolonged: Mapped[int] = mapped_column(default=0)
    """When somebody last gave it a later end; 0: nobody has."""
    prolonged_by: Mapped[str] = mapped_column(default="")
    prolonged_why: Mapped[str] = mapped_column(HostText, default="")
    held: Mapped[int] = mapped_column(default=0)
    """How many alerts there are not because of it."""
    last: Mapped[int] = mapped_column(default=0)
    """When it held back something last; 0: never."""


class HeldCountRow(Base):
    """How many alerts of a rule an exception held back on a day (since 1970, UTC, by the collector's clock)."""

    __tablename__ = "exception_counts"

    exception: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(RuleKey, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class HeldRow(Base):
    """An alert that was held back, by the id that it would have had: of each exception the newest few.

    Those of correlations stay as long as events may come that change them: the same window counts once.
    """

    __tablename__ = "exception_held"
    __table_args__ = (Index(None, "exception", "seen"),)

    number: Mapped[str] = mapped_column(Key(32), primary_key=True)
    exception: Mapped[int]
    seen: Mapped[int]
    """When it was held back."""
    rule: Mapped[str] = mapped_column(RuleKey)
    correlated: Mapped[bool]
    """Whether it is one of a correlation."""
    told: Mapped[Any] = mapped_column(Document)
    """The rule's title, the host's name, and the first event: {"rule", "title", "hostname", "event"}."""
