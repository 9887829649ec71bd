"""Tables of the control store for the states of rules: who chose which, what the judge parked, what was met.

A rule stands here under its key (`rule_states.key_of`): its id, or what is made of one that is too long.
"""

from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import HostId, Key
from tramgac_collector.schema import Base

RuleKey = Key(64)
"""As `rule_states.key_of` makes it."""
SiteKey = Key(100)
"""A site's name, as enrolment tokens give it; empty for all sites."""


class RuleStateRow(Base):
    """The state that a person chose for a rule, everywhere or at one site. Without a row its author's word holds."""

    __tablename__ = "rule_states"

    rule: Mapped[str] = mapped_column(RuleKey, primary_key=True)
    site: Mapped[str] = mapped_column(SiteKey, primary_key=True)
    name: Mapped[str]
    """The rule's id in full."""
    state: Mapped[str] = mapped_column(Key(16))
    by: Mapped[str]
    why: Mapped[str]
    time: Mapped[int]


class RuleParkedRow(Base):
    """A rule that the judge no longer evaluates, since it cost too much; another text of it is tried again."""

    __tablename__ = "rules_parked"

    rule: Mapped[str] = mapped_column(RuleKey, primary_key=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(Key(16))
    reason: Mapped[str]
    time: Mapped[int]


class RuleSinceRow(Base):
    """Since when the judge has a rule with this text: what was met before was met by another."""

    __tablename__ = "rules_since"

    rule: Mapped[str] = mapped_column(RuleKey, primary_key=True)
    digest: Mapped[str] = mapped_column(Key(16))
    time: Mapped[int]
    day: Mapped[int]
    """Days since 1970, UTC."""


class RuleCountRow(Base):
    """How often a rule was met on a host on a day (since 1970, UTC, by the events' own time), whatever its state."""

    __tablename__ = "rule_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    rule: Mapped[str] = mapped_column(RuleKey, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    host: Mapped[str] = mapped_column(HostId, primary_key=True)
    matches: Mapped[int]
