import json

import pytest
from tramgac_collector.demo.play import sensors
from tramgac_collector.demo.report import Report

ROWS = [
    {"capability": "process", "rung": "ebpf", "state": "alive", "why": ""},
    {"capability": "file", "rung": "watch", "state": "alive", "why": "fanotify: needs root"},
]


@pytest.fixture
def report():
    return Report(as_json=True)


def test_sensors_are_told_and_one_that_polls_is_noticed(report):
    assert not sensors(report, ROWS, {})
    assert sensors(report, [*ROWS, {**ROWS[0], "capability": "network", "rung": "poll"}], {})
    assert report.failed == []


def test_a_rung_that_is_not_the_required_one_fails(report, capsys):
    sensors(report, ROWS, {"process": "ebpf", "file": "fanotify"})
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["capability"], line["ok"], line["required"]) for line in told] == [
        ("process", True, "ebpf"),
        ("file", False, "fanotify"),
    ]


def test_a_sensor_that_is_required_and_runs_nowhere_fails(report, capsys):
    sensors(report, ROWS, {"network": "ebpf"})
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["capability"], told["state"], told["required"], told["ok"]) == ("network", "absent", "ebpf", False)


def test_a_sensor_that_sees_nothing_fails(report):
    sensors(report, [{**ROWS[0], "state": "blind"}], {})
    assert report.failed == ["sensor"]
