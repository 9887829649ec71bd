import json

from tramgac_collector import missed
from tramgac_collector.missed import missed as told
from tramgac_collector.schema import MissedRow

SECOND = 1_000_000_000


def row(name: str, count: int, first: int, last: int, capability: str = "") -> MissedRow:
    return MissedRow(
        host="a" * 32, class_name=name, capability=capability, first=first * SECOND, last=last * SECOND, count=count
    )


def test_time_without_an_agent_is_a_duration_and_no_number_of_events():
    found = told([row("agent_down", 0, 1000, 1600), row("ring_full", 3, 50, 60, "process")])
    assert found["missed"] == {"agent_down": 0, "ring_full": 3}
    assert found["missed_seconds"] == {"agent_down": 600}
    assert found["missed_periods"] == [
        {
            "class": "ring_full",
            "capability": "process",
            "count": 3,
            "first": "1970-01-01T00:00:50Z",
            "last": "1970-01-01T00:01:00Z",
            "seconds": 10,
        },
        {
            "class": "agent_down",
            "capability": "",
            "count": None,
            "first": "1970-01-01T00:16:40Z",
            "last": "1970-01-01T00:26:40Z",
            "seconds": 600,
        },
    ]
    json.dumps(found)


def test_time_that_is_told_twice_counts_once():
    rows = [row("agent_down", 0, 10, 20), row("agent_down", 0, 15, 30), row("agent_down", 0, 16, 17)]
    assert told(rows)["missed_seconds"] == {"agent_down": 20}
    assert told([*rows, row("agent_down", 0, 40, 45)])["missed_seconds"] == {"agent_down": 25}


def test_less_than_a_second_is_not_nothing_and_a_period_that_ends_before_it_begins_is():
    one = MissedRow(host="a", class_name="agent_down", capability="", first=SECOND, last=SECOND + 1, count=0)
    assert told([one])["missed_seconds"] == {"agent_down": 1}
    assert told([row("agent_down", 0, 9, 3)])["missed_seconds"] == {"agent_down": 0}


def test_what_was_left_out_on_purpose_is_counted_and_no_period(monkeypatch):
    monkeypatch.setattr(missed, "PERIODS_SHOWN", 2)
    rows = [row("agent_down", 0, start, start + 1) for start in (30, 10, 20)]
    found = told([row("filter", 7, 1, 99, "file"), row("filter", 0, 1, 99, "process"), *rows])
    assert found["missed"] == {"agent_down": 0, "filter": 7}
    assert found["missed_seconds"] == {"agent_down": 3}
    assert [period["first"][-3:-1] for period in found["missed_periods"]] == ["20", "30"]
    assert found["missed_periods_total"] == 3


def test_nothing_lost_is_nothing():
    assert told([]) == {"missed": {}, "missed_seconds": {}, "missed_periods": [], "missed_periods_total": 0}
