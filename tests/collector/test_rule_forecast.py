from collections import Counter

import pytest
from tramgac_collector import database, rule_counts, rule_forecast
from tramgac_collector.alerts import Detection, EventCopy, decide, raise_alert
from tramgac_collector.rule_decisions import DAY, began
from tramgac_collector.rule_states import ALERT, OFF, WATCH, States
from tramgac_collector.schema import HostRow

NOW = 20_000 * DAY + DAY // 2
HOSTS = {"a1" * 16: "Hà Nội", "b2" * 16: "Hà Nội", "c3" * 16: "Huế"}
A, B, C = HOSTS
RULES = [{"id": name, "title": name.upper(), "level": "high", "status": "test", "watch": "imported"} for name in "rq"]
WATCHED = States({"r": "imported", "q": "imported"})


@pytest.fixture
def filled(store):
    """Two rules, there for 20 days; r was met on two days at two sites, q never."""
    with database.session(store) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": NOW}
        s.add_all(HostRow(id=host, site=site, **values) for host, site in HOSTS.items())
        began(s, {"r": "d1", "q": "d2"}, NOW - 20 * DAY)
        met = {("r", NOW, A): 10, ("r", NOW - DAY, A): 3, ("r", NOW, B): 1, ("r", NOW - DAY, C): 7}
        rule_counts.add(s, Counter({**met, ("r", NOW - 14 * DAY, A): 1000}), NOW)
    return store


def past(store, days=14, now=NOW):
    with database.reading(store) as s:
        return rule_forecast.look(s, days, now)


def names(store, below, *, rules=RULES, states=WATCHED, site="", days=14):
    with database.reading(store) as s:
        told = rule_forecast.look(s, days, NOW)
        return [row["rule"] for row in rule_forecast.quiet_enough(s, rules, states, told, below, site)]


def test_alerts_a_day_and_site_and_after_grouping_by_rule_and_host(filled):
    loud, quiet, silent = rule_forecast.forecast(RULES, WATCHED, past(filled))
    assert {name: loud[name] for name in ("rule", "site", "matches", "hosts", "days", "watch")} == {
        "rule": "r", "site": "Hà Nội", "matches": 14, "hosts": 2, "days": 14.0, "watch": "imported",
    }  # fmt: skip
    assert (loud["alerts_a_day"], loud["grouped_a_day"]) == (1.0, round(3 / 14, 3))
    assert (quiet["site"], quiet["alerts_a_day"], quiet["grouped_a_day"]) == ("Huế", 0.5, round(1 / 14, 3))
    assert (silent["rule"], silent["site"], silent["matches"]) == ("q", "", 0)


def test_only_where_a_rule_is_watched(filled):
    chosen = States({"r": "imported"}, {("r", "Hà Nội"): ALERT})
    assert [(row["rule"], row["site"]) for row in rule_forecast.forecast(RULES, chosen, past(filled))] == [("r", "Huế")]
    assert rule_forecast.forecast(RULES, States({}, {("r", ""): OFF}), past(filled)) == []
    quiet = [{**rule, "quiet": True} for rule in RULES]
    assert rule_forecast.forecast(quiet, WATCHED, past(filled)) == []


def test_nothing_is_foretold_of_days_before_the_text_was_there(filled):
    with database.session(filled) as s:
        began(s, {"r": "new", "q": "d2"}, NOW - DAY // 4)
    rows = [row for row in rule_forecast.forecast(RULES, WATCHED, past(filled)) if row["rule"] == "r"]
    assert [(row["matches"], row["days"], row["alerts_a_day"]) for row in rows] == [(11, 0.25, 11.0)]


def test_a_rule_that_the_judge_does_not_have_was_watched_on_no_day(filled):
    with database.session(filled) as s:
        began(s, {"q": "d2"}, NOW)
    assert past(filled).watched("r") == 0.0
    assert names(filled, 1000) == ["q"]


def test_what_made_less_than_so_many_can_be_promoted(filled):
    assert names(filled, 21) == ["q"]
    assert names(filled, 22) == ["r", "q"]
    assert names(filled, 8, site="Huế") == ["r", "q"]
    assert names(filled, 8, site="Hà Nội") == ["q"]


@pytest.mark.parametrize("why", ["hunting", "experimental"])
def test_hunting_and_experimental_rules_are_never_promoted_with_others(filled, why):
    assert names(filled, 1000, rules=[{**rule, "watch": why} for rule in RULES]) == []


def test_what_was_not_there_for_all_the_days_waits(filled):
    assert names(filled, 10_000, days=20) == ["r", "q"]
    assert names(filled, 10_000, days=21) == []


def test_what_somebody_decided_stays(filled):
    assert names(filled, 1000, states=States(WATCHED.watched, {("r", ""): WATCH})) == ["q"]
    assert names(filled, 1000, states=States(WATCHED.watched, {("r", "Huế"): WATCH}), site="Huế") == ["q"]
    assert names(filled, 1000, states=States(WATCHED.watched, {}, {"r": "over its budget"})) == ["q"]
    assert names(filled, 1000, rules=[{**rule, "quiet": True} for rule in RULES]) == []


@pytest.mark.parametrize(("verdict", "left"), [("false_positive", ["q"]), ("true_positive", ["r", "q"])])
def test_a_verdict_against_a_rule_keeps_it_where_it_is(filled, verdict, left):
    copy = EventCopy(A, 7, 1, 1, "process_start", NOW, NOW, {})
    with database.session(filled) as s:
        detection = Detection({"id": "r", "title": "R"}, "d1", [copy])
        raise_alert(s, detection, "pc", NOW)
        decide(s, detection.number, verdict, "why", "an", NOW)
    assert names(filled, 1000) == left
