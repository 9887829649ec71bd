from pathlib import Path

import pytest
from tramgac_collector.demo import command

from tests.tools.console import Run


@pytest.fixture
def ran(monkeypatch) -> list:
    found: list = []
    monkeypatch.setattr(command, "run", lambda **more: found.append(more) or 7)
    return found


def test_what_is_asked_reaches_the_demonstration(tramgac: Run, ran):
    words = ["demo", "--check", "--json", "--require", "process=ebpf", "--state", "/s", "--scoped", "--rules", "a", "b"]
    assert tramgac(*words)[0] == 7
    assert ran == [
        {
            "state": Path("/s"),
            "check": True,
            "json": True,
            "require": "process=ebpf",
            "rules": [Path("a"), Path("b")],
            "scoped": True,
        }
    ]


def test_by_itself_it_has_a_state_of_its_own(tramgac: Run, ran, monkeypatch):
    monkeypatch.setenv("TRAMGAC_STATE", "/var/lib/production")
    tramgac("demo")
    assert ran[0]["state"] is None
    tramgac("--state", "/s", "demo")
    assert ran[1]["state"] == Path("/s")


def test_help_names_the_state_that_a_demo_has(tramgac: Run):
    _, said, _ = tramgac("demo", "--help")
    assert "~/.local/state/tramgac-demo" in said
    assert "/var/lib/tramgac" not in said
