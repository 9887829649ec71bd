from dataclasses import replace

import pytest
from sqlalchemy import select
from tramgac_collector import alerts, database
from tramgac_collector.alerts import EventCopy
from tramgac_collector.correlation_schema import MemberEventRow
from tramgac_collector.database import insert_many
from tramgac_collector.judging import correlation_alerts
from tramgac_collector.judging.correlation_alerts import write_alerts
from tramgac_collector.judging.correlation_rows import ControlRows
from tramgac_collector.schema import AlertRow
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import fired

from tests.rules.correlation.making import SECOND, about, correlation, match

NOW = 1_790_000_000_000_000_000
RULES = {"r0": replace(about(0, "Failed login"), id="r0")}
MANY = correlation("event_count", ("gte", 2), number=1)
CHAIN = correlation("event_count", ("gte", 1), rules=("c1",), number=2)


def copy(each, **fields):
    host, epoch, lane, sequence = each.event
    return EventCopy(host, epoch, lane, sequence, "process_start", each.time, each.time + 1, fields)


class Written:
    """Windows of correlations, written into their alerts."""

    def __init__(self, store, *made):
        self.store, self.correlations = store, Correlations(made, RULES)

    def write(self, *told, copies=(), instead=""):
        """Write (index, window, final); final None takes it out."""
        with database.session(self.store) as s:
            rows = ControlRows(s, self.correlations.all, NOW)
            insert_many(s, MemberEventRow, [{"event": c.text, "written": NOW, "copy": c.as_json()} for c in copies])
            for index, window, final in told:
                if final is None:
                    rows.drop_window(index, window, instead, final=True)
                else:
                    rows.put_window(index, window, final=final)
            return write_alerts(s, self.correlations, rows, lambda host: f"pc-{host}", NOW)

    def rows(self):
        with database.reading(self.store) as s:
            return list(s.scalars(select(AlertRow).order_by(AlertRow.time)))


@pytest.fixture
def two():
    return [match(1), match(2)]


def test_an_alert_has_copies_of_its_events_and_the_steps(store, two):
    written = Written(store, MANY)
    window = fired(MANY, two)
    counts = written.write((0, window, True), copies=[copy(each, **{"user.name": "an"}) for each in two])
    (row,) = written.rows()
    assert counts == {"alerts": 1}
    assert (row.id, row.rule_id, row.rule_version, row.title) == (window.id, "c1", MANY.rule.digest, "rule 1")
    assert (row.time, row.host, row.hostname, row.user, row.stage) == (2 * SECOND, "h", "pc-h", "an", "confirmed")
    assert [each["time"] for each in row.events] == [SECOND, 2 * SECOND]
    assert [step["selection"] for step in row.why] == ["condition", "group-by", "Failed login 0", "Failed login 0"]
    assert set(row.why[0]) == {"selection", "field", "value", "pattern", "spans", "negated"}


def test_a_host_is_called_by_its_name(store):
    hosted = correlation("event_count", ("gte", 1), number=1, group_by=("Computer",), by_host=True)
    written = Written(store, hosted)
    written.write((0, fired(hosted, [match(1, group=("h", "h"))]), True))
    assert written.rows()[0].why[1]["value"] == "pc-h"


def test_what_became_of_it_is_written_into_the_same_alert(store, two):
    written, window = Written(store, MANY), fired(MANY, two)
    written.write((0, window, False))
    assert [row.stage for row in written.rows()] == ["provisional"]
    assert written.write((0, window, True)) == {"alerts": 0}
    assert [row.stage for row in written.rows()] == ["confirmed"]
    assert written.write((0, window, None), instead="x" * 32)["correlations_withdrawn"] == 1
    assert [row.stage for row in written.rows()] == ["withdrawn"]


def test_what_did_not_fire_or_is_quiet_raises_nothing(store, two):
    written = Written(store, MANY, CHAIN)
    assert written.correlations.quiet >= {"c1"}
    written.write((0, fired(MANY, two), True), (1, replace_fired(fired(CHAIN, two)), True))
    assert written.rows() == []


def replace_fired(window):
    window.fired = False
    return window


def test_an_alert_of_a_chain_has_the_events_below(store, two):
    written = Written(store, MANY, CHAIN)
    below = fired(MANY, two)
    ((_, link),) = Correlator(written.correlations.all).link(0, below)
    written.write((0, below, True), (1, fired(CHAIN, [link]), True), copies=map(copy, two))
    (row,) = written.rows()
    assert [each["id"]["sequence"] for each in row.events] == [1000, 2000]
    assert row.why[-1]["selection"] == "rule 1"


def test_what_is_no_longer_kept_is_named_all_the_same(store, two):
    written = Written(store, MANY, CHAIN)
    written.write((0, fired(MANY, two), True))
    assert written.rows() == []
    loud = Written(store, MANY)
    loud.write((0, fired(MANY, two), True), copies=[copy(two[0])])
    (row,) = loud.rows()
    assert [(each["kind"], each["time"]) for each in row.events] == [("process_start", SECOND), ("event", 2 * SECOND)]


def test_copies_are_bounded(store, monkeypatch):
    monkeypatch.setattr(correlation_alerts, "EVENTS", 10)
    written = Written(store, MANY)
    written.write((0, fired(MANY, [match(t) for t in range(50)]), True))
    (row,) = written.rows()
    assert len(row.events) == 10
    assert row.why[0]["value"] == "50"
    with database.reading(store) as s:
        assert alerts.detail(s, row.id)["events"]
