import datetime as dt

import pytest
from tramgac_collector.notify.routing import Brief, in_hours, passes, wanted
from tramgac_collector.notify.settings import NotifySettings, Route

from tests.collector.notify.briefs import brief


def route(**told: object) -> Route:
    return Route.model_validate({"channels": ["chat"], **told})


@pytest.mark.parametrize(
    ("told", "changes", "passed"),
    [
        ({}, {"level": "high"}, True),
        ({}, {"level": "medium"}, False),
        ({"severity": "informational"}, {"level": "informational"}, True),
        ({"rules": ["rule-*"]}, {}, True),
        ({"rules": ["rule-2", "RULE-1"]}, {}, True),
        ({"rules": ["rule-2"]}, {}, False),
        ({"tags": ["attack.t14??"]}, {}, True),
        ({"tags": ["attack.t1059*"]}, {}, False),
        ({"tags": ["*"]}, {"tags": ()}, False),
        ({"sites": ["Hà Nội", "Huế"]}, {"site": "Huế"}, True),
        ({"sites": ["Hà Nội"]}, {"site": ""}, False),
    ],
)
def test_what_a_route_lets_through(told, changes, passed):
    assert passes(route(**told), brief(**changes), dt.UTC) == passed


@pytest.mark.parametrize(
    ("hours", "days", "moment", "inside"),
    [
        ("", [], "2026-09-21 03:00", True),
        ("08:00-17:30", [], "2026-09-21 17:29", True),
        ("08:00-17:30", [], "2026-09-21 17:30", False),
        ("22:00-06:00", [], "2026-09-21 23:00", True),
        ("22:00-06:00", [], "2026-09-21 05:59", True),
        ("22:00-06:00", [], "2026-09-21 06:00", False),
        ("", ["mon"], "2026-09-21 12:00", True),  # a Monday
        ("", ["sat", "sun"], "2026-09-21 12:00", False),
        ("22:00-06:00", ["sun"], "2026-09-21 05:59", True),  # Sunday's night
        ("22:00-06:00", ["mon"], "2026-09-21 05:59", False),
        ("22:00-06:00", ["mon"], "2026-09-21 22:00", True),
        ("18:00-24:00", ["mon"], "2026-09-21 23:59", True),
    ],
)
def test_hours_and_days(hours, days, moment, inside):
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    assert in_hours(route(hours=hours, days=days), at) == inside


def test_hours_are_those_of_the_zone():
    told = brief(created=1_790_000_000_000_000_000)  # 2026-09-21 14:13 UTC, 21:13 in Vietnam
    made = NotifySettings.model_validate({"zone": "Asia/Ho_Chi_Minh", "channel": [], "route": []})
    assert passes(route(hours="21:00-22:00"), told, made.clock)
    assert not passes(route(hours="21:00-22:00"), told, dt.UTC)


def test_each_channel_is_told_once_by_the_first_route_that_names_it():
    chat = {"name": "chat", "kind": "webhook", "url": "https://chat.example.vn/x"}
    siem = {"name": "siem", "kind": "syslog", "server": "siem.example.vn:6514"}
    routes = [
        {"channels": ["chat"], "severity": "critical"},
        {"channels": ["chat", "siem"], "language": "en", "by": "host", "window_s": 60},
        {"channels": ["chat", "siem", "siem"], "severity": "low"},
    ]
    made = NotifySettings.model_validate({"channel": [chat, siem], "route": routes})
    found = list(wanted(made, brief(3)))
    assert [(want.channel, want.language, want.window) for want in found] == [
        ("chat", "en", 60_000_000_000),
        ("siem", "en", 60_000_000_000),
    ]
    assert found[0].key == f"2:{3:032x}"
    assert [want.channel for want in wanted(made, brief(level="low"))] == ["chat", "siem"]
    assert list(wanted(made, brief(level="informational"))) == []


@pytest.mark.parametrize(
    ("by", "key"), [("rule", "1:rule-1"), ("host", f"1:{1:032x}"), ("rule_host", f"1:{1:032x}:rule-1"), ("all", "1:")]
)
def test_what_is_told_together(by, key):
    chat = {"name": "chat", "kind": "webhook", "url": "https://chat.example.vn/x"}
    made = NotifySettings.model_validate({"channel": [chat], "route": [{"channels": ["chat"], "by": by}]})
    assert [want.key for want in wanted(made, brief())] == [key]


def test_a_brief_is_bounded_whatever_a_host_wrote():
    row = {
        **dict.fromkeys(("title", "title_vi", "rule", "hostname", "user", "summary"), "x" * 10000),
        "id": "1",
        "level": "low",
        "host": "h",
        "time": "t",
        "stage": "confirmed",
        "tags": ["t" * 1_000] * 1_000,
    }
    made = Brief.of(row, "", 1)
    assert len(made.title) == 200
    assert len(made.summary) == 500
    assert len(made.tags) == 50
