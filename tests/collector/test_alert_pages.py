import json

import pytest
from tramgac_collector import alert_pages, alerts, database
from tramgac_collector.alerts import Detection, EventCopy, Filters
from tramgac_proto.names import time_text

ROW = {
    "id",
    "title",
    "title_vi",
    "level",
    "rule",
    "host",
    "hostname",
    "user",
    "time",
    "created",
    "status",
    "verdict",
    "summary",
}
SECOND = 1_000_000_000


@pytest.fixture
def filled(store, now):
    """Ten alerts, two of each level, created two at a time."""
    with database.session(store) as s:
        for number in range(10):
            rule = {"id": f"r{number % 3}", "title": "T", "level": alerts.LEVELS[number % 5], "tags": ["attack.t1"]}
            fields = {"process.command_line": f"cmd {number}"}
            copy = EventCopy("ab"[number % 2] * 32, 1, 2, number, "process_start", now, now + 5, fields)
            alerts.raise_alert(s, Detection(rule, "v", (copy,)), f"pc-{number % 2}", now + number // 2 * SECOND)
    return store


def pages(engine, filters, limit):
    found, cursor = [], None
    with database.reading(engine) as s:
        while True:
            page = alert_pages.page(s, filters, cursor, limit)
            found.append(page)
            cursor = page.next
            if cursor is None:
                return found


def test_a_rule_is_found_by_the_beginning_of_its_id(store, now):
    copy = EventCopy("a" * 32, 1, 2, 1, "process_start", now, now + 5, {})
    with database.session(store) as s:
        for name in ("0ab12cd3-4e5f", "0ab12cd4-4e5f"):
            alerts.raise_alert(s, Detection({"id": name, "title": "T"}, "v", (copy,)), "pc", now)
    for given, count in (("0ab12cd3-4e5f", 1), ("0ab12cd3", 1), ("0ab12cd", 0), ("0ab12cd%", 0)):
        with database.reading(store) as s:
            assert alert_pages.page(s, Filters(rule=given), None, 10).total == count


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_pages_hold_every_alert_once_newest_first(filled, limit):
    found = pages(filled, Filters(), limit)
    rows = [row for page in found for row in page.items]
    assert len({row["id"] for row in rows}) == len(rows) == 10
    assert [row["created"] for row in rows] == sorted((row["created"] for row in rows), reverse=True)
    assert all(len(page.items) == limit for page in found[:-1])


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(levels=("high", "critical")), 4),
        (Filters(status="open"), 10),
        (Filters(status="closed"), 0),
        (Filters(host="a" * 32), 5),
        (Filters(host="a" * 8), 5),
        (Filters(host="a" * 7), 0),
        (Filters(host="pc-1"), 5),
        (Filters(rule="r0"), 4),
        (Filters(rule="r0", levels=("low",), host="pc-0"), 1),
        (Filters(rule="' OR 1=1 --"), 0),
    ],
)
def test_filters(filled, filters, count):
    with database.reading(filled) as s:
        page = alert_pages.page(s, filters, None, 100)
    assert (page.total, len(page.items)) == (count, count)


@pytest.mark.parametrize("cursor", ["x", "", "1", "1.", "-1.a", "1.a b", "1; DROP TABLE alerts", "٣.a"])
def test_a_cursor_that_is_none(filled, cursor):
    with database.reading(filled) as s, pytest.raises(ValueError, match="page of alerts"):
        alert_pages.page(s, Filters(), cursor, 10)


def test_a_row_has_the_page_s_fields(filled, now):
    with database.reading(filled) as s:
        row = alert_pages.page(s, Filters(), None, 100).items[-1]
        told = alerts.detail(s, row["id"])
    assert set(row) >= ROW
    assert (row["time"], row["created"]) == (time_text(now), time_text(now))
    assert told["rule"]["version"] == "v"
    assert told["events"][0]["time"] == time_text(now)
    json.dumps(told)


def test_latency_is_from_the_event_to_the_alert(filled, now):
    with database.reading(filled) as s:
        newest = alert_pages.page(s, Filters(), None, 1).items[0]
        assert alerts.detail(s, newest["id"])["latency_ms"] == 4000


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("process_start", {"process.command_line": "id", "process.executable": "/bin/id"}, "id"),
        ("process_start", {"process.executable": "/bin/id"}, "/bin/id"),
        ("file_create", {"process.command_line": "sh", "file.path": "/x"}, "/x"),
        ("network_connection", {"destination.ip": "10.0.0.1"}, "10.0.0.1"),
        ("log_line", {"message": "x" * 900}, "x" * 500),
        ("health", {}, ""),
    ],
)
def test_a_summary_says_what_an_event_is_about(kind, fields, said):
    assert alert_pages.summary(kind, fields) == said
