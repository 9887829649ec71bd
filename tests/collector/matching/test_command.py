"""`tramgac match` by its contract, on made-up files and on the public rules' own tests."""

import gzip
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml
from tramgac_collector.matching import command
from tramgac_collector.matching.command import Options
from tramgac_rules.authoring.indicators import gathering

from tests.rules.making import IDS, rule

HIT = {
    "EventID": 1,
    "Channel": "Security",
    "A": "say \x1b[31mx",
    "EventRecordID": 9,
    "@timestamp": "2026-01-31T08:00:00Z",
}
CORRELATION = f"""title: m
id: {IDS.format(90)}
tags: [attack.t1110]
correlation:
  {{type: event_count, rules: [{IDS.format(1)}], group-by: [User], timespan: 10m, condition: {{gte: 2}}}}
"""
MISS = {"EventID": 1, "Channel": "Security", "A": "y"}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(rule({"A|endswith": "X"}, tags=["attack.t1059"]), "utf-8")
    return tmp_path


def ran(home, *inputs, rules=("rules",), json_=True, **options):
    out, err = io.StringIO(), io.StringIO()
    paths = [home / name for name in rules]
    status = command.run(paths, [str(given) for given in inputs], Options(json=json_, **options), out, err)
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
    assert err == "1 rule, 1 file, 2 records, 1 detection\n"


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
    (home / "rules/many.yml").write_text(CORRELATION, "utf-8")
    (home / "x.json").write_text(f"{json.dumps(HIT)}\nnonsense \x1b[31m\n{json.dumps(HIT)}\n", "utf-8")
    (home / "y.evtx").write_bytes(b"nonsense")
    status, lines, err = ran(home, home / "y.evtx", home / "x.json")
    assert status == 0
    assert [line["event"]["index"] for line in lines] == [0, 2]
    for said in (
        "bad.yml:7:5: error",
        "nonsense",
        "1 correlation rule is not applied",
        "many.yml: m\n",
        "x.json, record 1",
        "y.evtx: no event log",
    ):
        assert said in err
    assert "\x1b" not in err


def test_people_are_told_in_their_language(home, monkeypatch):
    (home / "rules/bad.yml").write_text(rule({"A|nonsense": "x"}, number=2), "utf-8")
    (home / "rules/many.yml").write_text(CORRELATION, "utf-8")
    (home / "x.json").write_text(f"{json.dumps(HIT)}\nnonsense\n[]\n", "utf-8")
    (home / "y.evtx").write_bytes(b"nonsense")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    _, lines, err = ran(home, home / "y.evtx", home / "x.json", home / "z.json", json_=False)
    assert lines[0].endswith(f"({home}/x.json, bản ghi 0)")
    for said in (
        "1 luật, 1 tệp, 3 bản ghi, 1 phát hiện\n",
        "1 lỗi trong luật; luật có lỗi bị bỏ qua:",
        "2 bản ghi không đọc được:\n",
        f"{home}/x.json, bản ghi 1: không phải JSON: ",
        f"{home}/x.json, bản ghi 2: không phải đối tượng JSON\n",
        f"{home}/y.evtx: không phải nhật ký sự kiện",
        "1 đường dẫn không mở được:",
        "1 luật tương quan không được áp dụng",
    ):
        assert said in err


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
    assert "1 field of rules is in no event of their log source:" in err
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


def at(minute, **more):
    return HIT | {"@timestamp": f"2026-01-31T08:{minute:02}:00Z", "EventRecordID": minute, **more}


def test_correlations_are_applied_when_they_are_asked_for(home):
    """What they refer to makes no line of its own; a line of theirs is as a detection's, with its events."""
    (home / "rules/many.yml").write_text(CORRELATION, "utf-8")
    late = write(home / "late.json", MISS, at(5, User="AN"))
    early = write(home / "early.json", at(1, User="an"), at(2, User="binh"))
    status, lines, err = ran(home, late, early, correlate=True)
    assert status == 0
    events = [
        {"source": str(early), "index": 0, "record_id": 1, "time": "2026-01-31T08:01:00Z"},
        {"source": str(late), "index": 1, "record_id": 5, "time": "2026-01-31T08:05:00Z"},
    ]
    assert lines == [{
        "rule": {"id": IDS.format(90), "title": "m", "level": "high", "tags": ["attack.t1110"]},
        "event": events[1],
        "why": [
            {"field": "event_count", "value": "2", "pattern": "≥ 2 within 10m"},
            {"field": "User", "value": "an", "pattern": "the same in all events"},
            {"field": "time", "value": "2026-01-31T08:01:00Z", "pattern": "met"},
            {"field": "time", "value": "2026-01-31T08:05:00Z", "pattern": "met"},
        ],
        "events": events,
        "count": 2,
    }]  # fmt: skip
    assert err == ("1 rule, 2 files, 4 records, 1 detection\n1 correlation rule: 1 of the detections\n")
    assert len(ran(home, late, early)[1]) == 3, "without being asked the rules make lines of their own"


def test_lines_for_people_name_the_last_event(home):
    (home / "rules/many.yml").write_text(CORRELATION + "generate: true\n", "utf-8")
    given = write(home / "x.json", at(1, User="an"), at(2, User="an"))
    _, lines, _ = ran(home, given, correlate=True, json_=False)
    assert len(lines) == 3, "generate: the rule makes its lines too"
    assert lines[-1].startswith("2026-01-31T08:02:00Z  high          m  (2 events, the last")


def test_what_takes_no_part_in_correlations_is_counted(home):
    (home / "rules/many.yml").write_text(CORRELATION, "utf-8")
    given = write(home / "x.json", HIT, at(1, User="an") | {"@timestamp": None}, at(1, User="an") | {"@timestamp": "x"})
    _, lines, err = ran(home, given, correlate=True)
    assert lines == []
    assert "1 match took no part: it lacks a field" in err
    assert "2 records took no part in correlations: they have no time" in err


def test_a_reader_that_goes_away_ends_it(home):
    class Gone(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    given = [str(write(home / "x.json", HIT))]
    with pytest.raises(BrokenPipeError):
        command.run([home / "rules"], given, Options(json=True), Gone(), io.StringIO())


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


LISTED = {"EventID": 22, "Channel": "Security", "A": "X", "QueryName": "www.evil.example", "@timestamp": "2026-01-31"}


@pytest.fixture
def feed(home):
    path = home / "feed.csv"
    path.write_text("value,level,source,note,expires\nevil.example,critical,a feed,C2,2026-02-01\nzz,,,,\n")
    return path


def test_indicators_make_lines_of_their_own_after_those_of_rules(home, feed):
    given = write(home / "x.jsonl", MISS, LISTED)
    status, lines, err = ran(home, given, indicators=(feed,))
    assert status == 0
    assert [line["rule"]["title"] for line in lines] == ["rule 1", "Listed domain: evil.example"]
    assert lines[1]["rule"] == {
        "id": "indicator:domain:evil.example", "title": "Listed domain: evil.example", "level": "critical", "tags": [],
    }  # fmt: skip
    assert lines[1]["event"] == {"source": str(given), "index": 1, "record_id": None, "time": "2026-01-31"}
    about = {"source": "a feed", "note": "C2"}
    assert lines[1]["why"] == [
        {"field": "QueryName", "value": "www.evil.example", "pattern": "evil.example", **about},
    ]  # fmt: skip
    assert err.splitlines() == [
        "1 rule, 1 file, 2 records, 2 detections",
        "1 indicator: 1 of the detections",
        "1 entry of lists of indicators is left out:",
        f"  {feed}:3:1: error: what 'zz' is cannot be told [kind] Name its kind in a column `type`.",
    ]
    assert "Listed domain: evil.example" in ran(home, given, json_=False, indicators=(feed,))[1][1]


def test_indicators_alone(home, feed):
    assert len(ran(home, write(home / "x.jsonl", LISTED), rules=(), indicators=(feed,))[1]) == 1


def test_without_the_option_nothing_changes(home, feed):
    _, lines, err = ran(home, write(home / "x.jsonl", LISTED))
    assert len(lines) == 1
    assert "indicators" not in err


def test_lists_that_cannot_be_used_are_status_one(home, monkeypatch):
    given = write(home / "x.jsonl", LISTED)
    status, lines, err = ran(home, given, indicators=(home / "nowhere.csv",))
    assert (status, lines) == (1, [])
    assert "nowhere.csv" in err
    monkeypatch.setattr(gathering, "MAX_ENTRIES", 0)
    (home / "feed.csv").write_text("value\nevil.example\n")
    status, _, err = ran(home, given, indicators=(home / "feed.csv",))
    assert (status, "more than 0 indicators" in err) == (1, True)
