import inspect

import pytest
from tramgac_agent.sensors import SENSORS
from tramgac_agent.sensors.base import Probe, Sensor, Setting
from tramgac_agent.sensors.scope import Scope

METHODS = [name for name, _ in inspect.getmembers(Sensor, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("kind", SENSORS, ids=lambda kind: kind.__name__)
def test_every_sensor_is_one_and_does_nothing_before_it_is_started(kind):
    sensor = kind(Setting(Scope(), (1,), "/nonexistent"))
    for name in METHODS:
        assert callable(getattr(sensor, name)), name
    assert sensor.capability in {"process", "file", "network"}
    assert sensor.mechanism
    assert sensor.wake() is None
    assert sensor.drain(10) == []
    assert not any(sensor.missed().values())
    sensor.stop()
    sensor.stop()


def test_rungs_of_a_capability_are_listed_best_first():
    rungs = {}
    for kind in SENSORS:
        rungs.setdefault(kind.capability, []).append(kind.rung)
    assert rungs == {"process": ["ebpf", "poll"], "file": ["fanotify", "watch"], "network": ["ebpf", "poll"]}


def test_why_says_reason_and_remedy():
    assert Probe(ok=False, reason="not permitted", install="needs root").why == "not permitted; needs root"
    assert Probe(ok=False, reason="no").why == "no"
