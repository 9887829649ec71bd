import re
import shlex
from functools import cache
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from tramgac_collector.cli.app import COMMANDS, build

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


def typed() -> list[str]:
    """Command lines of `tramgac` in the pages for users: a line each of their blocks, without remarks."""
    found = []
    for name in ("README.md", "docs/operating.md", "docs/scale.md", "docs/security.md"):
        page = (Path(__file__).parents[3] / name).read_text("utf-8")
        for block in re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
            lines = re.sub(r"\\\n\s*", "", block).splitlines()
            found += [part for line in lines for part in re.split(r"; | && ", line.split("   #")[0]) if part.strip()]
    told = [re.search(r"(?:^|\s)tramgac ([a-z].*)", line) for line in found]
    return sorted({each[1] for each in told if each})


@cache
def program() -> Any:
    return typer.main.get_command(build())


@pytest.mark.parametrize("line", typed())
def test_commands_of_the_guide_are_there_with_their_options(line):
    command = program()
    words = list(takewhile(lambda word: word not in {"|", ">"}, shlex.split(line)))
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert not (hasattr(command, "commands") and words and not words[0].startswith("-")), f"{line}: no such command"
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | MATCH
    assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, line


MATCH = {"--rules", "--indicators", "--correlate", "--json", "--state"}
"""`tramgac match` reads its own line."""
