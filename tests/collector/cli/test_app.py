from importlib.metadata import version

import pytest
from tramgac_collector.cli.app import COMMANDS

from tests.tools.console import Run


def test_commands_stand_in_the_order_in_which_they_are_needed(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    listed = tramgac("--help")[1].partition("Commands:\n")[2]
    names = [command.__name__.rpartition(".")[2] for command in COMMANDS]
    assert [line.split()[0] for line in listed.splitlines() if line[2:3] != " "] == names


def test_the_version(tramgac: Run):
    assert tramgac("--version") == (0, version("tramgac") + "\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tramgac: Run, command):
    assert tramgac(command.__name__.rpartition(".")[2], "--help")[0] == 0
