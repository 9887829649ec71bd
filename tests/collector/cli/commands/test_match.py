import re
from pathlib import Path

import pytest
from tramgac_collector.cli.commands.match import parse
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.matching import command

from tests.tools.console import Run


def told(*words):
    found = parse(words)
    return [str(path) for path in found.rules], found.inputs, found.json


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--rules", "r", "--json", "i"], (["r"], ["i"], True)),
        (["--rules", "r1", "r2", "--json", "i1", "i2"], (["r1", "r2"], ["i1", "i2"], True)),
        (["--rules", "r1", "r2", "--", "i1", "-i2", "--json"], (["r1", "r2"], ["i1", "-i2", "--json"], False)),
        (["--rules", "r1", "--rules", "r2", "--json", "i"], (["r1", "r2"], ["i"], True)),
        (["--json", "i", "--rules", "r"], (["r"], ["i"], True)),
        (["i", "--rules", "r"], (["r"], ["i"], False)),
        (["--rules", "r", "--json", "--", "-i"], (["r"], ["-i"], True)),
        (["--rules", "r", "--logsources", "sigma", "--json", "-"], (["r"], ["-"], True)),
        (["--rules", "r", "--json", *map(str, range(300))], (["r"], [*map(str, range(300))], True)),
    ],
)
def test_arguments(words, expected):
    assert told(*words) == expected


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--rules"],
        ["--rules", "r"],
        ["--json", "i"],
        ["--rules", "r", "--jsno", "i"],
        ["--rules", "r", "i"],
    ],
)
def test_misuse(words):
    with pytest.raises(Misuse, match="tramgac match --rules PATH"):
        parse(words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["i"], "tramgac match: --rules PATH is missing."),
        (["--rules", "r"], "tramgac match: INPUT is missing."),
        (["--rulse", "r"], "tramgac match: there is no option --rulse (did you mean --rules?)."),
        (["--rules", "r", "--logsources", "odd", "--json", "i"], "--logsources: there is no 'odd'; choose from: sigma"),
        (["--rules", "r", "--json", "i", "--logsources"], "--logsources: there is no ''; choose from: sigma, full."),
    ],
)
def test_misuse_says_what_is_wrong(monkeypatch, words, says):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(Misuse, match=re.escape(says)):
        parse(words)


def test_the_command_hands_them_on(tramgac: Run, monkeypatch):
    seen = []

    def run(rules, inputs, *, json, logsources, out, err):
        seen.append((rules, inputs, json, logsources))
        out.write("{}\n")
        err.write("summary\n")
        return 1

    monkeypatch.setattr(command, "run", run)
    assert tramgac("match", "--rules", "r", "--logsources", "sigma", "--json", "i") == (1, "{}\n", "summary\n")
    assert seen == [([Path("r")], ["i"], True, "sigma")]


def test_status_and_help(tramgac: Run):
    status, out, err = tramgac("match", "--odd")
    assert (status, out) == (2, "")
    assert "--odd" in err
    status, out, _ = tramgac("match", "--help")
    assert status == 0
    assert "--logsources" in out
