import json

import pytest
from tramgac_collector.cli import rule_tools
from tramgac_collector.cli.errors import Failed

from tests.collector.workshop.conftest import CORRELATION, GOOD, exported, folder
from tests.tools.console import Run

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def test_samples_are_tried(tramgac: Run, folder):
    folder.rule(samples=GOOD)
    said = "3 samples of 1 file tried, 0 failed; files without samples: 0.\n"
    assert tramgac("rules", "test", str(folder.path)) == (0, said, "")
    folder.rule(number=2, what="x", samples={**GOOD, "near_misses": [{"event": GOOD["fires"][0]}]})
    folder.rule(number=3, what="y")
    status, out, _ = tramgac("rules", "test", "--json", str(folder.path))
    *problems, summary = lines(out)
    assert status == 1
    assert summary == {"files": 2, "samples": 5, "without_samples": 1, "failed": 1}
    assert [problem["kind"] for problem in problems] == ["sample"]
    status, out, _ = tramgac("rules", "test", "--need-samples", str(folder.path))
    assert status == 1
    assert "rule3.yml:1:1: error: the rule has no samples beside it [no-samples] Write rule3.samples.json" in out
    assert tramgac("rules", "test", "absent")[0] == 1


def test_a_rule_is_explained_in_both_languages(tramgac: Run, folder, monkeypatch):
    path = folder.rule()
    status, out, _ = tramgac("rules", "explain", str(path))
    assert status == 0
    assert "Looks at: process events of our agents" in out
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "Image kết thúc bằng một trong '/sh', '/bash'" in tramgac("rules", "explain", str(path))[1]
    monkeypatch.setenv("LC_ALL", "C")
    (row,) = lines(tramgac("rules", "explain", "--json", str(path))[1])
    assert row["what"][0] == "  all of:"
    (folder.path / "none.yml").write_text("title: [")
    assert tramgac("rules", "explain", str(folder.path / "none.yml"))[0] == 1


def test_a_broken_rule_is_told_with_its_place(tramgac: Run, folder):
    path = folder.rule()
    path.write_text(path.read_text().replace("and not filter_usual", "and not filter"))
    status, out, err = tramgac("rules", "explain", str(path))
    assert (status, out) == (1, "")
    assert f"{path}:10:31: error: there is no selection 'filter' [selection] Did you mean 'filter_usual'?" in err
    (row,) = lines(tramgac("rules", "explain", "--json", str(path))[1])
    assert (row["line"], row["kind"]) == (10, "selection")
    status, out, _ = tramgac("rules", "test", str(path))
    assert status == 1
    assert ":10:31: error: there is no selection 'filter'" in out
    assert "1 failed" in out


def test_events_are_explained(tramgac: Run, folder):
    path, events = folder.rule(), folder.events(exported("sh evil"), exported("sh good\x1b"))
    status, out, _ = tramgac("rules", "explain", str(path), str(events))
    assert status == 0
    assert "Record 0 meets it:\n  wanted: Image = '/bin/sh': */sh [4-7]\n" in out
    assert "Record 1 does not:\n  CommandLine is" in out
    assert "\x1b" not in out
    met, not_met = lines(tramgac("rules", "explain", "--json", str(path), str(events))[1])
    assert (met["met"], not_met["met"], not_met["index"]) == (True, False, 1)
    assert met["why"][0]["spans"] == [[4, 7]]
    assert (not_met["why"][0]["field"], not_met["why"][0]["value"]) == ("CommandLine", "sh good\x1b")
    assert tramgac("rules", "explain", str(path), "absent.json")[0] == 1
    many = str(folder.events(*[exported("sh evil")] * 6))
    assert tramgac("rules", "explain", str(path), many)[2] == "These are the first 5; there are more.\n"


def test_a_correlation_is_explained_over_all_events(tramgac: Run, folder):
    path = folder.path / "many.yml"
    path.write_text(CORRELATION)
    assert "Fires when within 1m the events number ≥ 3:\n" in tramgac("rules", "explain", str(path))[1]
    one = {**exported("id", image="/usr/bin/id"), "user.name": "an"}
    status, out, _ = tramgac("rules", "explain", str(path), str(folder.events(exported("x"), one, one, one)))
    assert status == 0
    assert "Fires with records 1, 2, 3:\n  the events number ≥ 3: 3, within 1m\n  User is 'an' in all of them\n" in out
    events = str(folder.events(one, one))
    assert "Does not fire:\n  records met by Each: 2\n" in tramgac("rules", "explain", str(path), events)[1]
    row = lines(tramgac("rules", "explain", "--json", str(path), events)[1])[0]
    assert (row["met"], row["records"], row["index"]) == (False, [], None)


def test_costs_are_told(tramgac: Run, folder):
    folder.rule()
    events = folder.events(*(exported(f"sh evil {number}") for number in range(100)))
    status, out, _ = tramgac("rules", "bench", str(folder.path), "--events", str(events))
    assert status == 0
    assert "100 events in " in out
    assert "Evil" in out
    folder.rule(number=2, what="other")
    err = tramgac("rules", "bench", str(folder.path), "--events", str(events), "--top", "1")[2]
    assert err == "These are the first 1 of 2.\n"
    (folder.path / "rule2.yml").unlink()
    cost, summary = lines(tramgac("rules", "bench", str(folder.path), "--events", str(events), "--json")[1])
    assert (cost["hits"], summary["events"]) == (100, 100)
    assert tramgac("rules", "bench", str(folder.path))[0] == 2
    status, _, err = tramgac("rules", "bench", str(folder.path), "--events", str(folder.events({"x": 1})))
    assert status == 1
    assert "warning: records that cannot be read: 1, first 0: no event of a known form" in err
    assert "error: no event could be read" in err


def test_our_own_rules_are_written(tramgac: Run, tmp_path):
    status, out, _ = tramgac("rules", "own", str(tmp_path / "own"))
    assert status == 0
    assert "files are in" in out
    assert list((tmp_path / "own").glob("sigma/**/*.yml"))
    assert tramgac("rules", "own", str(tmp_path))[0] == 1


def test_what_keeps_rules_from_being_tried_is_told():
    for error in (FileNotFoundError(2, "no such file", "x"), OSError("odd")):
        with pytest.raises(Failed), rule_tools.trying():
            raise error
