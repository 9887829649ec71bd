import json

import pytest

from tests.collector.workshop.conftest import GOOD, exported, folder
from tests.tools.console import Run

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")


def check(tramgac, folder, *more):
    status, out, err = tramgac("rules", "check", "--json", str(folder.path), *more)
    rows = [json.loads(line) for line in out.splitlines()]
    return status, [row["kind"] for row in rows if "kind" in row], rows[-1] if rows else err


def test_twins_are_told_always(tramgac: Run, folder):
    folder.rule()
    folder.rule(number=2, title="Again")
    assert check(tramgac, folder)[:2] == (0, ["twin"])


@pytest.mark.parametrize(("was", "instead", "kind"), [
    ("CommandLine", "CommandLyne", "field"),
    ("tags: [", "tag: [", "schema"),
    ("    filter_usual", "    unused: {Image: x}\n    filter_usual", "unused"),
])  # fmt: skip
def test_warnings_fail_where_that_is_asked_for(tramgac: Run, folder, was, instead, kind):
    path = folder.rule()
    assert check(tramgac, folder, "--strict")[:2] == (0, [])
    path.write_text(path.read_text().replace(was, instead))
    assert check(tramgac, folder)[:2] == (0, [kind])
    assert check(tramgac, folder, "--strict")[:2] == (1, [kind])


def test_a_note_never_fails(tramgac: Run, folder):
    path = folder.rule()
    text = path.read_text().replace("product: linux", "product: windows")
    path.write_text(text.replace("CommandLine|", "OriginalFileName|"))
    assert check(tramgac, folder, "--strict")[:2] == (0, ["field"])


def test_all_that_is_asked_is_looked_at(tramgac: Run, folder):
    folder.rule(samples=GOOD)
    harmless, bad = folder.events(exported("ls"), name="a.jsonl"), folder.events(exported("sh evil"), name="b.jsonl")
    verdicts = folder.events(name="alerts.jsonl")
    asked = ("--samples", "--cost", "1000", "--verdicts", str(verdicts))
    status, kinds, summary = check(tramgac, folder, "--events", str(harmless), *asked)
    assert (status, kinds) == (0, [])
    told = {"events": 1, "samples": 3, "without_samples": 0, "verdicts": 0, "verdicts_skipped": 0}
    assert told.items() <= summary.items()
    assert check(tramgac, folder, "--events", str(harmless), "--events", str(bad))[:2] == (1, ["benign"])
    status, out, _ = tramgac("rules", "check", str(folder.path), "--events", str(harmless), *asked)
    assert status == 0
    assert "1 harmless event was judged.\n0 decided alerts were judged again, 0 could not be.\n3 samples" in out


def test_a_true_positive_that_cannot_be_judged_fails_the_gate(tramgac: Run, folder):
    folder.rule()
    rule = {"id": "00000000-0000-4000-8000-000000000001"}
    bare = {"id": "a1", "rule": rule, "verdict": "true_positive", "events": []}
    event = {"kind": "process_start", "fields": {"process.command_line": "ls", "process.executable": "/bin/ls"}}
    judged = {"id": "a2", "rule": rule, "verdict": "benign", "events": [event]}
    alone, both = folder.events(bare, name="alone.jsonl"), folder.events(bare, judged, name="both.jsonl")
    assert check(tramgac, folder, "--verdicts", str(alone))[:2] == (1, ["verdict"])
    assert check(tramgac, folder, "--verdicts", str(both))[:2] == (0, ["verdict"])
    assert check(tramgac, folder, "--verdicts", str(both), "--strict")[:2] == (1, ["verdict"])


def test_what_cannot_be_asked_is_told(tramgac: Run, folder):
    folder.rule()
    assert tramgac("rules", "check", str(folder.path), "--cost", "5")[0] == 2
    assert tramgac("rules", "check", str(folder.path), "--events", "absent")[0] == 1
    status, out, _ = tramgac("rules", "check", str(folder.path), "--verdicts", str(folder.events({"x": 1})))
    assert status == 1
    assert ":1:1: error: this line is no decided alert [verdict] Write it with `tramgac alerts show ID --json`." in out
