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


def test_correlations_are_asked_for_anywhere():
    for words in (
        ["--correlate", "--rules", "r", "--json", "i"],
        ["--rules", "r", "--correlate", "--json", "i"],
        ["--rules", "r", "--json", "--correlate", "i"],
        ["--rules", "r", "--correlate", "i"],
    ):
        assert parse(words).correlate
        assert told(*words)[:2] == (["r"], ["i"])
    assert not parse(["--rules", "r", "--json", "i"]).correlate


def test_lists_of_indicators_are_given_like_rules():
    for words in (
        ["--rules", "r", "--indicators", "a", "b", "--json", "i"],
        ["--indicators", "a", "b", "--rules", "r", "--json", "i"],
        ["--rules", "r", "--indicators", "a", "--indicators", "b", "--", "i"],
    ):
        assert parse(words).indicators == [Path("a"), Path("b")]
        assert told(*words)[:2] == (["r"], ["i"])
    assert parse(["--indicators", "a", "--json", "i"]).rules == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--indicators", "a"],
        ["--indicators", "--json", "i"],
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
        (["--indicators", "a"], "tramgac match: INPUT is missing."),
        (
            ["--rules", "r", "log.evtx"],
            (
                "tramgac match: INPUT is missing. log.evtx was taken as one of --rules, which has all that follows: "
                "put -- or --json before INPUT."
            ),
        ),
        (
            ["--json", "--rules", "r", "--indicators", "a", "b"],
            "tramgac match: INPUT is missing. b was taken as one of",
        ),
        (["--rules", "r", "--corelate", "i"], "there is no option --corelate (did you mean --correlate?)."),
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

    def run(rules, inputs, options, out, err):
        seen.append((rules, inputs, options))
        out.write("{}\n")
        err.write("summary\n")
        return 1

    monkeypatch.setattr(command, "run", run)
    assert tramgac("match", "--rules", "r", "--logsources", "sigma", "--json", "i") == (1, "{}\n", "summary\n")
    assert tramgac("match", "--rules", "r", "--correlate", "--json", "i")[0] == 1
    assert tramgac("match", "--rules", "r", "--indicators", "a", "--json", "i")[0] == 1
    assert seen == [
        ([Path("r")], ["i"], command.Options(json=True, logsources="sigma")),
        ([Path("r")], ["i"], command.Options(json=True, correlate=True)),
        ([Path("r")], ["i"], command.Options(json=True, indicators=(Path("a"),))),
    ]


def test_status_and_help(tramgac: Run):
    status, out, err = tramgac("match", "--odd")
    assert (status, out) == (2, "")
    assert "--odd" in err
    assert "exceptions that a collector has do not apply here" in tramgac("match", "--help")[1]
    status, out, _ = tramgac("match", "--help")
    assert status == 0
    assert all(option in out for option in ("--logsources", "--indicators", "--correlate"))
