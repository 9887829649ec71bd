import sys
from pathlib import Path

from tramgac_agent.paths import AgentPaths, advised, default_state


def test_everything_lies_below_the_state_folder(tmp_path):
    paths = AgentPaths(tmp_path)
    found = [getattr(paths, name) for name, value in vars(AgentPaths).items() if isinstance(value, property)]
    assert len(found) > 15
    assert all(path.is_relative_to(tmp_path) for path in found)
    assert len(set(found)) == len(found)


def test_the_default_is_the_environment_else_the_systems_place(monkeypatch):
    monkeypatch.setenv("TRAMGAC_AGENT_STATE", "/x")
    assert default_state() == Path("/x")
    monkeypatch.delenv("TRAMGAC_AGENT_STATE")
    if sys.platform == "linux":
        assert default_state() == Path("/var/lib/tramgac-agent")


def test_a_command_that_is_advised_finds_the_same_folder(monkeypatch):
    monkeypatch.setenv("TRAMGAC_AGENT_STATE", "/x")
    assert advised("run", Path("/x")) == "tramgac-agent run"
    assert advised("run", Path("/y z")) == "tramgac-agent run --state '/y z'"
    monkeypatch.delenv("TRAMGAC_AGENT_STATE")
    if sys.platform == "linux":
        assert advised("run", Path("/var/lib/tramgac-agent")) == "tramgac-agent run"
