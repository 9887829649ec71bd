import inspect
from typing import get_args

from tramgac_wire import agent_commands, agent_session

CLASSES = {
    cls for _, cls in inspect.getmembers(agent_commands, inspect.isclass) if cls.__module__ == agent_commands.__name__
}


def test_every_command_is_one_of_the_union_and_the_session_gives_it_out():
    assert set(get_args(agent_commands.Command)) == CLASSES
    assert {cls.__name__ for cls in CLASSES} | {"Command", "AgentSession"} == set(agent_session.__all__)


def test_commands_are_facts_that_compare_and_cannot_change():
    assert all(cls.__dataclass_params__.frozen and cls.__dataclass_params__.eq for cls in CLASSES)
