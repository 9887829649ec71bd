"""Metrics of what stands in the control store: alerts, hosts, samples, content, notifications, clocks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from tramgac_collector import exception_book, outbox
from tramgac_collector.clock import Clocks
from tramgac_collector.metrics.families import counter, gauge
from tramgac_collector.notify_schema import ChannelRow, NoticeRow
from tramgac_collector.rule_schema import RuleParkedRow
from tramgac_collector.schema import AlertRow, FindingRow, HostRow, RoleContentRow, SampleRow
from tramgac_collector.vocabulary import LEVELS


def of_control(s: Session, now: int) -> Iterator[Metric]:
    """Give them; `now` in nanoseconds since 1970."""
    yield _alerts(s)
    yield from _hosts(s, now)
    states = {state: float(count) for state, count in _grouped(s, SampleRow.state)}
    yield gauge("tramgac_samples", "Files of the fleet by what was done with them.", states, "state")
    found = s.execute(select(RoleContentRow.role, RoleContentRow.version))
    versions = {role: float(version) for role, version in found}
    yield gauge("tramgac_content_version", "The bundle that a role has in force.", versions, "role")
    parked = s.scalar(select(func.count()).select_from(RuleParkedRow)) or 0
    yield gauge("tramgac_rules_parked", "Rules that are not evaluated, since they cost too much.", float(parked))
    yield from _exceptions(s, now)
    yield counter("tramgac_outbox_rows", "What happened, as followers read it.", float(outbox.bounds(s)[1]))
    yield from _notifications(s)


def _alerts(s: Session) -> Metric:
    query = select(AlertRow.level, func.count()).where(AlertRow.status == "open").group_by(AlertRow.level)
    there = dict(s.execute(query).all())
    return gauge(
        "tramgac_alerts_open",
        "Alerts that nobody has decided.",
        {level: float(there.get(level, 0)) for level in LEVELS},
        "severity",
    )


def _hosts(s: Session, now: int) -> Iterator[Metric]:
    def count(*where: ColumnElement[bool]) -> float:
        return float(s.scalar(select(func.count()).select_from(HostRow).where(*where)) or 0)

    active = HostRow.active.is_(True)
    states = {
        "connected": count(active, HostRow.connected.is_not(None)),
        "away": count(active, HostRow.connected.is_(None), HostRow.silent.is_(None)),
        "silent": count(active, HostRow.silent.is_not(None), HostRow.connected.is_(None)),
        "revoked": count(HostRow.active.is_(False)),
    }
    yield gauge("tramgac_hosts", "Hosts by how it stands with them.", states, "state")
    kinds = {kind: float(number) for kind, number in _grouped(s, FindingRow.kind)}
    yield gauge("tramgac_host_findings", "What is odd about hosts' dialogues, by kind.", kinds, "kind")
    clocks = Clocks.of(s, now)
    yield gauge("tramgac_clocks_compared", "Hosts whose clocks are compared with ours.", float(clocks.hosts))
    about = "What must be added to the middle one of their clocks; most being off alike, ours is wrong."
    yield gauge("tramgac_clock_skew_seconds", about, clocks.median)


def _exceptions(s: Session, now: int) -> Iterator[Metric]:
    rows = [row for row in exception_book.listing(s) if exception_book.standing(row, now) == exception_book.ACTIVE]
    yield gauge("tramgac_exceptions", "Exceptions that are in force.", float(len(rows)))
    held = {str(row.id): float(row.held) for row in rows}
    yield counter("tramgac_exception_held_back", "Alerts that an exception in force held back.", held, "exception")


def _notifications(s: Session) -> Iterator[Metric]:
    query = select(NoticeRow.channel, NoticeRow.state, func.count(), func.sum(NoticeRow.count))
    rows = s.execute(query.group_by(NoticeRow.channel, NoticeRow.state)).all()
    labels = ("channel", "state")
    notices = {(channel, state): float(count) for channel, state, count, _ in rows}
    yield gauge("tramgac_notify_notices", "Notices that wait for a channel, or were given up.", notices, *labels)
    alerts = {(channel, state): float(count) for channel, state, _, count in rows}
    yield gauge("tramgac_notify_alerts", "Alerts in them.", alerts, *labels)
    channels = s.scalars(select(ChannelRow).order_by(ChannelRow.name)).all()
    about = {
        "sent": ("messages_sent", "Messages that a channel took."),
        "failed": ("messages_failed", "Messages that a channel did not take; each is tried again."),
        "alerts": ("alerts_told", "Alerts that a channel was told."),
        "given_up": ("alerts_given_up", "Alerts that a channel was never told."),
    }
    for column, (name, text) in about.items():
        values = {channel.name: float(getattr(channel, column)) for channel in channels}
        yield counter(f"tramgac_notify_{name}", text, values, "channel")


def _grouped(s: Session, column: InstrumentedAttribute[str]) -> list[tuple[str, int]]:
    return list(s.execute(select(column, func.count()).group_by(column)).all())
