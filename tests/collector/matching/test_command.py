"""`tramgac match` by its contract, on made-up files and on the public rules' own tests."""

import gzip
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml
from tramgac_collector.matching import command

from tests.rules.making import IDS, rule

HIT = {
    "EventID": 1,
    "Channel": "Security",
    "A": "say \x1b[31mx",
    "EventRecordID": 9,
    "@timestamp": "2026-01-31T08:00:00Z",
}
MISS = {"EventID": 1, "Channel": "Security", "A": "y"}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(rule({"A|endswith": "X"}, tags=["attack.t1059"]), "utf-8")
    return tmp_path


def ran(home, *inputs, rules=("rules",), json_=True, logsources="full"):
    out, err = io.StringIO(), io.StringIO()
    paths = [home / name for name in rules]
    status = command.run(paths, [str(given) for given in inputs], json=json_, logsources=logsources, out=out, err=err)
    lines = out.getvalue().splitlines()
    return status, [json.loads(line) for line in lines] if json_ else lines, err.getvalue()


def write(path: Path, *records) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_a_line_for_each_record_and_rule(home):
    given = write(home / "x.jsonl", MISS, HIT)
    status, lines, err = ran(home, given)
    assert status == 0
    assert lines == [{
        "rule": {"id": IDS.format(1), "title": "rule 1", "level": "high", "tags": ["attack.t1059"]},
        "event": {"source": str(given), "index": 1, "record_id": 9, "time": "2026-01-31T08:00:00Z"},
        "why": [{"field": "A", "value": "say \x1b[31mx", "pattern": "*X"}],
    }]  # fmt: skip
    assert err == "1 rules, 1 files, 2 records, 1 detections\n"


def test_folders_in_order_with_names_below_them_other_files_passed_over(home):
    folder = home / "in"
    write(folder / "b/two.NDJSON", HIT)
    write(folder / "a.json", HIT)
    write(folder / "notes.txt", HIT)
    (folder / "c.json.gz").write_bytes(gzip.compress(json.dumps(HIT).encode()))
    status, lines, _ = ran(home, f"{folder}/")
    assert status == 0
    assert [line["event"]["source"] for line in lines] == [
        f"{folder}/{name}" for name in ("a.json", "c.json.gz", "b/two.NDJSON")
    ]


def test_a_file_given_by_name_may_have_any_name(home):
    assert len(ran(home, write(home / "x.log", HIT))[1]) == 1


def test_what_cannot_be_opened_is_status_one_and_stops_nothing(home):
    status, lines, err = ran(home, home / "missing.json", write(home / "x.json", HIT))
    assert status == 1
    assert len(lines) == 1
    assert "missing.json" in err
    status, lines, err = ran(home, home / "x.json", rules=("rules", "nowhere"))
    assert (status, lines) == (1, [])
    assert "nowhere" in err


def test_what_cannot_be_read_or_used_is_named_and_stops_nothing(home):
    (home / "rules/bad.yml").write_text(rule({"A|nonsense": "x"}, number=2), "utf-8")
    (home / "rules/many.yml").write_text("title: m\ncorrelation: {type: event_count}\n", "utf-8")
    (home / "x.json").write_text(f"{json.dumps(HIT)}\nnonsense \x1b[31m\n{json.dumps(HIT)}\n", "utf-8")
    (home / "y.evtx").write_bytes(b"nonsense")
    status, lines, err = ran(home, home / "y.evtx", home / "x.json")
    assert status == 0
    assert [line["event"]["index"] for line in lines] == [0, 2]
    for said in ("bad.yml:7:5: error", "nonsense", "1 correlation", "x.json, record 1", "y.evtx: no event log"):
        assert said in err
    assert "\x1b" not in err


def test_rules_that_are_not_there_or_ask_for_what_no_event_has_are_told(home):
    given = write(home / "x.jsonl", HIT)
    (home / "empty").mkdir()
    status, lines, err = ran(home, given, rules=("empty",))
    assert (status, lines) == (0, [])
    assert "there is no rule where --rules points" in err
    assert ran(home, given, rules=("absent",))[2] == (
        f"tramgac match: rules cannot be opened: {home}/absent: No such file or directory\n"
    )
    sysmon = {"product": "windows", "category": "process_creation"}
    (home / "rules/b.yml").write_text(rule({"CommandLyne": "x"}, number=2, logsource=sysmon), "utf-8")
    _, _, err = ran(home, given)
    assert "1 fields of rules are in no event of their log source:" in err
    assert "Did you mean 'CommandLine'?" in err


def test_many_faults_are_counted_and_the_first_are_named(home):
    (home / "x.json").write_text(f"{json.dumps(HIT)}\n" + "nonsense\n" * 500, "utf-8")
    _, _, err = ran(home, home / "x.json")
    assert "500 records cannot be read" in err
    assert "and 480 more" in err
    assert len(err.splitlines()) < 30


def test_filters_are_not_in_why(home):
    detection = {"s": {"A|endswith": "x"}, "filter": {"B": "z"}, "condition": "s and not filter"}
    (home / "rules/a.yml").write_text(rule(detection), "utf-8")
    ((line,),) = (ran(home, write(home / "x.json", HIT))[1],)
    assert [condition["field"] for condition in line["why"]] == ["A"]


def test_lines_for_people_cannot_move_the_cursor(home):
    (home / "rules/a.yml").write_text(rule({"A|endswith": "x"}, title="a \x1b[31m"), "utf-8")
    _, (line,), _ = ran(home, write(home / "x.json", HIT), json_=False)
    assert "\x1b" not in line
    assert "high" in line


def test_log_sources_of_the_public_map_alone(home):
    source = {"product": "windows", "service": "dns-client"}
    (home / "rules/a.yml").write_text(rule({"A|endswith": "x"}, logsource=source), "utf-8")
    given = write(home / "x.json", HIT | {"Channel": "Microsoft-Windows-DNS-Client/Operational"})
    assert len(ran(home, given)[1]) == 1
    assert len(ran(home, given, logsources="sigma")[1]) == 0


def test_a_reader_that_goes_away_ends_it(home):
    class Gone(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    given = [str(write(home / "x.json", HIT))]
    with pytest.raises(BrokenPipeError):
        command.run([home / "rules"], given, json=True, logsources="full", out=Gone(), err=io.StringIO())


@pytest.mark.data
def test_every_public_rule_fires_on_its_own_event(data_folder):
    sigma = data_folder / "sigma"
    rules = [f"{sigma}/{name}" for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
    status, lines, _ = ran(Path("/"), sigma / "regression_data", rules=rules, logsources="sigma")
    assert status == 0
    fired: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        fired[line["event"]["source"]][line["rule"]["id"]] += 1
    silent, differing, tests = [], [], 0
    for info in sorted((sigma / "regression_data").rglob("info.yml")):
        data = yaml.safe_load(info.read_text("utf-8"))
        wanted = data["rule_metadata"][0]["id"]
        for test in data.get("regression_tests_info") or []:
            if test["type"] != "evtx":
                continue
            tests += 1
            path = sigma / test["path"]
            counts = [fired[str(file)][wanted] for file in (path, path.with_suffix(".json"))]
            silent += [str(path)] * (0 in counts)
            differing += [str(path)] * (counts[0] != counts[1])
    assert tests == 202
    assert not silent
    assert not differing
