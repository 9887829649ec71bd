import json
from types import SimpleNamespace

import pytest
from tramgac_collector.demo import checks
from tramgac_collector.demo.arena import Done
from tramgac_collector.demo.attack import ACTS
from tramgac_collector.demo.report import Report
from tramgac_collector.demo.stream import Arrival


def arrival(second: int, rule: str = "r") -> Arrival:
    return Arrival({"time": f"2026-11-24T00:00:{second:02}.000000Z", "rule": rule, "title": rule, "title_vi": ""}, 0)


BASE = 1_795_478_400_000_000_000


def test_every_expected_act_exists_and_has_a_rule_of_ours():
    assert checks.EXPECTED.keys() <= ACTS.keys()
    assert all(len(ids) == len(checks.EXPECTED[act]) for act, ids in checks.expected_rules().items())


def test_where_processes_are_polled_no_program_that_ends_at_once_is_expected():
    seen, polled = checks.expected_rules(), checks.expected_rules(polled=True)
    assert {act for act in seen if seen[act] != polled[act]} == {"log_cleared"}
    assert all(polled.values())


def test_an_alert_belongs_to_the_act_in_whose_time_its_event_lies():
    done = Done("act", BASE + 10**9, BASE + 2 * 10**9)
    inside, outside = arrival(1), arrival(3)
    assert checks.within(done, [inside, outside]) == [inside]


def test_a_missing_detection_fails_with_our_rules(capsys):
    report = Report(as_json=True)
    rules = {"a": frozenset("x"), "b": frozenset("y")}
    checks.detections(report, {"a": [arrival(1, "x")], "b": []}, rules, lambda rule: {"rule": rule, "cause": "late"})
    assert report.failed == ["detection", "detections"]
    saw, missed, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert "missing" not in saw
    assert missed["missing"] == [{"rule": "y", "cause": "late"}]


def test_with_other_rules_four_acts_are_enough(capsys):
    report = Report(as_json=True)
    found = {name: [arrival(1)] for name in "abcd"} | {"e": []}
    checks.detections(report, found, {}, dict)
    assert report.failed == []
    checks.detections(report, dict(list(found.items())[1:]), {}, dict)
    assert report.failed == ["detections"]


def test_a_connection_in_another_network_is_not_expected_of_a_sensor_that_polls():
    whole = checks.expected_kinds()
    assert whole - checks.expected_kinds(polled=True, apart=True) == {"network_connection"}
    assert checks.expected_kinds(polled=True) == checks.expected_kinds(apart=True) == whole


@pytest.mark.parametrize(("scoped", "failed"), [(True, ["ledger"]), (False, [])])
def test_what_a_busy_kernel_missed_is_told_and_fails_only_a_scoped_demo(scoped, failed, capsys):
    facts = {"emitted": 9, "acked": 7, "spooled": 2, "dropped": {}, "missed": {"exec": 3}, "gaps": []}
    facts["missed_seconds"] = {"agent_down": 2400}
    rows = iter([{"completeness": facts | {"emitted": 8}}, *[{"completeness": facts}] * 9])
    stage = SimpleNamespace(
        host=lambda: next(rows),
        children=SimpleNamespace(stop_one=lambda _: None),
        client=SimpleNamespace(get=lambda _, **asked: {"count": 10 if asked == {"host": "ab"} else 77}),
        host_id="ab",
    )
    report = Report(as_json=True)
    checks.ledger(report, stage, scoped=scoped, seconds=0)
    assert report.failed == failed
    said = json.loads(capsys.readouterr().out)
    assert (said["missed"], said["unwatched_seconds"]) == (3, 2400)
    assert "last words" in said["note"]
