import typing

from tramgac_agent import observations as module
from tramgac_agent.observations import Observation


def test_flags_and_changes_are_separate_bits():
    flags = [module.TRUNCATED, module.LATE, module.INVALID_TEXT, module.OWN]
    changes = [module.CREATED, module.WRITTEN, module.DELETED, module.RENAMED]
    assert sum(flags) == sum(changes) == 0b1111


def test_every_observation_has_time_process_and_flags():
    for kind in typing.get_args(Observation):
        assert kind._fields[:2] == ("at", "pid"), kind
        assert "flags" in kind._fields, kind
        assert kind.__doc__, kind
