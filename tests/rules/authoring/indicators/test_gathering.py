import json

import pytest
from tramgac_rules.authoring.indicators import gather, gathering
from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators import Indicators

from tests.rules.authoring.indicators.test_misp import DOMAIN, event
from tests.rules.authoring.indicators.test_stix import GOOD, MAKER
from tests.rules.indicators.making import record


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def about(gathered, **fields):
    (hit,) = Indicators(gathered.data).match(record(**fields))
    return hit.about


def test_all_sorts_of_files_make_one_set(write, tmp_path):
    write("a/feed.csv", "value,level,source\n45.155.205.233,critical,a feed\n")
    write("a/list.txt", "# names\nevil.exe\n")
    write("b.json", json.dumps({"type": "bundle", "objects": [MAKER, {**GOOD, "valid_until": None}]}))
    write("c.json", json.dumps({"Event": event({**DOMAIN, "value": "worse.example"})}))
    write("notes.md", "evil.example")
    found = gather([tmp_path])
    assert found.problems == ()
    assert found.counts == {"address": 1, "name": 1, "domain": 2}
    assert about(found, DestinationIp="45.155.205.233").level == "critical"
    assert about(found, TargetFilename="/x/evil.exe").source == "list"
    assert about(found, QueryName="www.evil.example").source == "Some CERT"
    assert about(found, QueryName="worse.example").source == "MISP, CERT"


def test_values_that_stand_twice_are_put_together(write):
    paths = [
        write("a.csv", "value,level,expires,source,note\nEvil.example,low,2026-01-01,one,C2\n"),
        write("b.csv", "value,level,expires,source,note\nevil.example.,high,2027-01-01,two,C2\n"),
        write("c.csv", "value,source\nevil.example,one\n"),
    ]
    two, three = gather(paths[:2]), gather(paths)
    assert (two.counts, two.duplicates, three.duplicates) == ({"domain": 1}, 1, 2)
    told = about(two, QueryName="evil.example")
    assert (told.level, told.source, told.note) == ("high", "one; two", "C2")
    assert told.expires == 1_798_761_600_000_000_000
    assert about(three, QueryName="evil.example").expires == 0, "one list says never"


def test_everything_wrong_comes_at_once_with_its_place_and_the_rest_goes_on(write):
    path = write("feed.csv", "value,type\nevil.example,domain\nab,md5\n\ncom,domain\nx,mutex\n10.0.0.1,ip\n")
    found = gather([path])
    assert [(it.line, it.column, it.severity) for it in found.problems] == [
        (3, 1, "error"), (5, 1, "error"), (6, 1, "info"), (7, 1, "warning"),
    ]  # fmt: skip
    assert str(found.problems[0]) == (f"{path}:3:1: error: 'ab' is no MD5 [value] 32 hexadecimal digits are one.")
    assert found.counts == {"domain": 1, "address": 1}, "what is doubtful is taken"


@pytest.mark.parametrize(("name", "text", "said"), [
    ("a.json", '{"objects"', "breaks off"),
    ("a.json", '{"objects": [', "breaks off"),
    ("a.json", '{"objects": ' + "[" * 200_000, "nested too deeply"),
    ("a.json", "", "the file is empty"),
    ("a.json", "evil.example", "neither { nor ["),
    ("a.json", "{'type': 'bundle'}", "a key in double quotes"),
    ("a.json", b"PK\x03\x04", "packed (zip)"),
    ("a.csv", b"\x1f\x8b\x08", "packed (gzip)"),
    ("a.csv", b"\n<!DOCTYPE html><p>", "a web page"),
    ("a.json", '{"rules": []}', "neither STIX nor MISP"),
    ("a.json", b'{"objects": "\xff"}', "not UTF-8"),
    ("a.json", '{"objects": []}', "no indicator is in this file"),
    ("a.csv", "", "no indicator is in this file"),
    ("a.csv", "value\n", "no indicator is in this file"),
    ("a.csv", "value\nevil.example\n".encode("utf-16"), "UTF-16"),
    ("a.csv", b"value\n\xffvil.example\n", "not UTF-8"),
    ("a.csv", bytes(10_000), "cannot be told"),
])  # fmt: skip
def test_files_that_are_none(write, name, text, said):
    found = gather([write(name, text)])
    assert found.data == b""
    assert any(said in problem.message for problem in found.problems), found.problems


def test_a_large_file_is_not_read(write, monkeypatch):
    monkeypatch.setattr(gathering, "MAX_FILE", 10)
    (problem,) = gather([write("a.csv", "value\nevil.example\n")]).problems
    assert "19 bytes, 10 are allowed" in problem.message


def test_of_very_many_problems_the_first_are_told_and_the_others_counted(write, monkeypatch):
    monkeypatch.setattr(gathering, "MAX_PROBLEMS", 3)
    found = gather([write("a.csv", "value,type\n10.0.0.1,ip\n10.0.0.2,ip\n10.0.0.3,ip\n10.0.0.4,ip\nx,md5\n")])
    many = [problem for problem in found.problems if problem.kind == "many"]
    assert [(problem.severity, problem.message[:17]) for problem in many] == [("error", "problems in this ")]
    assert len(found.problems) == 4


def test_too_many_are_refused(write, monkeypatch):
    monkeypatch.setattr(gathering, "MAX_ENTRIES", 1)
    with pytest.raises(IndicatorError, match="more than 1 indicators"):
        gather([write("a.csv", "value\na.example\na.example\nb.example\n")])


def test_a_path_that_cannot_be_opened(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        gather([tmp_path / "nowhere.csv"])


@pytest.mark.parametrize(("day", "ends"), [("2554-07-21", True), ("2554-07-22", False), ("9999-12-31", False)])
def test_an_end_later_than_any_event_can_be_is_none(write, tmp_path, day, ends):
    write("feed.csv", f"type,value,expires\ndomain,worse.example,{day}\n")
    found = gather([tmp_path])
    assert found.problems == ()
    assert bool(about(found, QueryName="worse.example").expires) is ends
