"""Tables of the control store.

All times are integer nanoseconds since 1970-01-01 UTC. Numbers of 64 bits without a sign (epoch, boot, entity id)
are kept as 16 hexadecimal digits, since databases count with a sign. Nothing here is special to one database.
"""

from typing import Any

from sqlalchemy import ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tramgac_collector.columns import Document, Hash, HostId, HostText, Key, Number


class Base(DeclarativeBase):
    """What all tables have in common: names of constraints that migrations can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {int: Number, str: HostText, dict[str, Any]: Document, list[Any]: Document}  # noqa: RUF012


class CounterRow(Base):
    """A number that grows by one inside the transaction that uses it, so that readers see it without holes."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(Key(32), primary_key=True)
    value: Mapped[int]


class TokenRow(Base):
    """What lets a new host in. The secret itself is nowhere."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Hash, unique=True)
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    site: Mapped[str]
    expires: Mapped[int]
    created: Mapped[int]
    created_by: Mapped[str]
    revoked: Mapped[int | None]


class HostRow(Base):
    """A machine we watch and the last that it said of itself."""

    __tablename__ = "hosts"

    id: Mapped[str] = mapped_column(HostId, primary_key=True)
    hostname: Mapped[str]
    os_type: Mapped[str]
    os_name: Mapped[str] = mapped_column(default="")
    agent_version: Mapped[str]
    site: Mapped[str]
    serial: Mapped[str] = mapped_column(Key(64))
    previous_serial: Mapped[str | None] = mapped_column(Key(64))
    active: Mapped[bool] = mapped_column(default=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id"))
    enrolled: Mapped[int]
    connected: Mapped[int | None]
    disconnected: Mapped[int | None]
    address: Mapped[str] = mapped_column(default="")
    gateway: Mapped[str] = mapped_column(Key(16), default="")
    """The gateway of its newest stream, by the name of its machine's ingest log."""
    last_seen: Mapped[int | None]
    skew: Mapped[int] = mapped_column(default=0)
    bundle: Mapped[int] = mapped_column(default=0)
    content_refused: Mapped[int] = mapped_column(default=0)
    content_reason: Mapped[str] = mapped_column(default="")
    sensors: Mapped[list[Any]] = mapped_column(default=list)
    health_time: Mapped[int] = mapped_column(default=0)
    last_words: Mapped[str] = mapped_column(default="")
    silent: Mapped[int | None]
    """When it was last heard of before it fell silent; None: it speaks, or ended cleanly."""
    silence_alert: Mapped[str] = mapped_column(Key(64), default="")
    """The alert of that silence; none for one that went when it usually does."""
    left_at: Mapped[int | None]
    """When its side closed the stream though the line served: the agent ended. None: it speaks, or its line was cut."""
    inventory: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parked: Mapped[list[Any]] = mapped_column(default=list)
    """Rules that its judge parked, as host_parked.py writes them."""
    parked_total: Mapped[int] = mapped_column(default=0)


class LedgerRow(Base):
    """What became of the events of one lane of one incarnation of a host's spool, as its agent says."""

    __tablename__ = "host_ledgers"

    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(Key(16), primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[int]
    emitted: Mapped[int]
    acked: Mapped[int]
    spooled: Mapped[int]
    dropped: Mapped[dict[str, Any]]
    resent: Mapped[int] = mapped_column(default=0)
    """Acknowledged, then missing here (we were restored from a backup), and sent again."""
    gone: Mapped[int] = mapped_column(default=0)
    """The same, and not kept there any more: they will not come."""


class MissedRow(Base):
    """What a host's sensors lost before a sequence could be given. The same start is the same loss, told again."""

    __tablename__ = "host_missed"

    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    class_name: Mapped[str] = mapped_column(Key(64), primary_key=True)
    capability: Mapped[str] = mapped_column(Key(64), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    count: Mapped[int]


class GapRow(Base):
    """Sequences of a lane that will never come, and why."""

    __tablename__ = "host_gaps"
    __table_args__ = (UniqueConstraint("host", "epoch", "lane", "first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"))
    epoch: Mapped[str] = mapped_column(Key(16))
    lane: Mapped[int]
    first: Mapped[int]
    count: Mapped[int]
    reason: Mapped[str]
    noticed: Mapped[int]


class FindingRow(Base):
    """Something about a host's dialogue that a person should see: a chain that breaks, a clock that is off."""

    __tablename__ = "host_findings"
    __table_args__ = (UniqueConstraint("host", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"))
    kind: Mapped[str] = mapped_column(Key(64))
    detail: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    count: Mapped[int]


class AlertRow(Base):
    """A work item. It holds copies of its events and of its rule: retention and rule pushes never empty it."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(None, "status", "created", "id"),
        Index(None, "created", "id"),
        Index(None, "host", "created"),
    )

    id: Mapped[str] = mapped_column(Key(32), primary_key=True)
    rule_id: Mapped[str] = mapped_column(index=True)
    rule_version: Mapped[str]
    rule: Mapped[dict[str, Any]]
    title: Mapped[str]
    title_vi: Mapped[str]
    level: Mapped[str] = mapped_column(Key(16))
    tags: Mapped[list[Any]]
    host: Mapped[str] = mapped_column(HostId)
    hostname: Mapped[str]
    user: Mapped[str]
    summary: Mapped[str]
    time: Mapped[int]
    received: Mapped[int]
    created: Mapped[int]
    status: Mapped[str] = mapped_column(Key(16), default="open")
    stage: Mapped[str] = mapped_column(Key(16), default="confirmed")
    """confirmed, or of a correlation: provisional until all events that may change it are there, or withdrawn."""
    verdict: Mapped[str | None] = mapped_column(Key(32))
    why: Mapped[list[Any]]
    events: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class NoteRow(Base):
    """What a person wrote about an alert."""

    __tablename__ = "alert_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert: Mapped[str] = mapped_column(ForeignKey("alerts.id"), index=True)
    time: Mapped[int]
    by: Mapped[str]
    text: Mapped[str]


class HistoryRow(Base):
    """What was done to an alert, by whom."""

    __tablename__ = "alert_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert: Mapped[str] = mapped_column(ForeignKey("alerts.id"), index=True)
    time: Mapped[int]
    by: Mapped[str]
    action: Mapped[str] = mapped_column(Key(16))
    verdict: Mapped[str | None] = mapped_column(Key(32))


class OutboxRow(Base):
    """What happened, for whoever follows by number. Numbers have no holes and become visible in order."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(Key(32))
    payload: Mapped[dict[str, Any]]
    created: Mapped[int] = mapped_column(index=True)


class SampleRow(Base):
    """A file that the fleet has, by its hash: asked for once, judged once."""

    __tablename__ = "samples"
    __table_args__ = (Index(None, "state", "priority"), Index(None, "source", "received"))

    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    state: Mapped[str] = mapped_column(Key(16))
    priority: Mapped[int]
    wanted: Mapped[int]
    leased_to: Mapped[str | None] = mapped_column(HostId)
    lease_until: Mapped[int | None]
    source: Mapped[str | None] = mapped_column(HostId)
    size: Mapped[int] = mapped_column(default=0)
    received: Mapped[int | None]
    scanned: Mapped[int | None]
    scanned_with: Mapped[str] = mapped_column(Hash, default="")
    failures: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    hits: Mapped[list[Any]] = mapped_column(default=list)


class SightingRow(Base):
    """The first event of a kind that carried a hash on a host: a copy, so that a verdict of later can refer to it."""

    __tablename__ = "sightings"

    sha256: Mapped[str] = mapped_column(ForeignKey("samples.sha256"), primary_key=True)
    host: Mapped[str] = mapped_column(HostId, primary_key=True)
    kind: Mapped[str] = mapped_column(Key(32), primary_key=True)
    time: Mapped[int]
    received: Mapped[int]
    event: Mapped[dict[str, Any]]


class SourceRow(Base):
    """A host that may have a sample, and what it answered when it was asked."""

    __tablename__ = "sample_sources"

    sha256: Mapped[str] = mapped_column(ForeignKey("samples.sha256"), primary_key=True)
    host: Mapped[str] = mapped_column(HostId, primary_key=True)
    asked: Mapped[int] = mapped_column(default=0)
    refused: Mapped[str] = mapped_column(default="")


class ContentRow(Base):
    """A bundle that was published here. The files are in the repository folder; the newest row is on offer."""

    __tablename__ = "content"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published: Mapped[int]
    by: Mapped[str]
    digest: Mapped[str] = mapped_column(Hash)
    marked: Mapped[str] = mapped_column(Key(16))
    rules: Mapped[int]
    yara: Mapped[int]
    indicators: Mapped[int] = mapped_column(default=0)


class RoleContentRow(Base):
    """What a role of the collector that uses content has in force, and why not the newest."""

    __tablename__ = "role_content"

    role: Mapped[str] = mapped_column(Key(32), primary_key=True)
    version: Mapped[int]
    refused: Mapped[int]
    reason: Mapped[str]
    time: Mapped[int]


class UserRow(Base):
    """A person who may use the console."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Key(128), unique=True)
    password: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Key(16))
    created: Mapped[int]
    disabled: Mapped[int | None]


class AttemptRow(Base):
    """Failed logins by account or by source address since the last that went well."""

    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(Key(200), primary_key=True)
    count: Mapped[int]
    until: Mapped[int]


class OnceRow(Base):
    """A login token that works once, by its hash."""

    __tablename__ = "login_tokens"

    token_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires: Mapped[int]


class SessionRow(Base):
    """A browser that is logged in, by the hash of its cookie."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created: Mapped[int]
    last_used: Mapped[int]


class AuditRow(Base):
    """Who did what. Each row holds the hash of the one before: none can be changed or taken out unseen."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[int]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(Key(64), index=True)
    object: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str] = mapped_column(Hash)
    hash: Mapped[str] = mapped_column(Hash)


class CursorRow(Base):
    """How far a consumer of the ingest log has come: the next position that it has not worked on."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(Key(32), primary_key=True)
    position: Mapped[int]


class SetAsideRow(Base):
    """A batch that a consumer could not digest. It stays in the ingest log's copy named here, and is counted."""

    __tablename__ = "set_aside"

    consumer: Mapped[str] = mapped_column(Key(32), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    host: Mapped[str] = mapped_column(HostId)
    time: Mapped[int]
    reason: Mapped[str]
