import json
from dataclasses import fields

import pytest
from tramgac_collector.cli.problems import problem_line, problem_row, worded
from tramgac_rules.authoring import Problem
from tramgac_rules.authoring.words import Say

from tests.tools.console import Run

FOUND = Problem("a.yml", 5, 17, "error", "modifier", Say.NO_MODIFIER.of(name="x"), Say.DID_YOU_MEAN.of(name="y"))
BARE = Problem("a.yml", 1, 1, "warning", "yara", "said by a library")


def test_in_english_it_is_what_the_problem_says_itself(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    for found in (FOUND, BARE):
        assert problem_line(found) == str(found)


def test_in_vietnamese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert problem_line(FOUND) == "a.yml:5:17: lỗi: không có modifier 'x' [modifier] Có phải ý bạn là 'y'?"
    assert problem_line(BARE) == "a.yml:1:1: cảnh báo: said by a library [yara]"
    assert worded("as it is") == "as it is"


@pytest.mark.parametrize("language", ["C", "vi_VN.UTF-8"])
def test_programs_get_the_same_keys_and_words_in_any_language(monkeypatch, language):
    monkeypatch.setenv("LC_ALL", language)
    row = json.loads(json.dumps(problem_row(FOUND)))
    assert list(row) == [field.name for field in fields(Problem)]
    assert (row["severity"], row["kind"], row["line"]) == ("error", "modifier", 5)
    assert row["message"] == worded(FOUND.message)


FAULTY = """
title: Faulty
id: nothing
status: tset
logsource: {product: linux, category: proces_creation}
detection:
    selection: {CommandLine|endswit: x}
    condition: no_such
level: hgih
"""


def test_what_is_wrong_with_a_rule_is_told_in_vietnamese(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    (tmp_path / "a.yml").write_text(FAULTY)
    status, out, _ = tramgac("rules", "check", str(tmp_path))
    assert status == 1
    for said in (
        "a.yml:3:5: cảnh báo: id 'nothing' không phải UUID [id] `id: ",
        "a.yml:4:9: lỗi: 'tset' không phải status [status] Có phải ý bạn là 'test'? Chọn trong: stable, ",
        "cảnh báo: không có sự kiện nào đã biết thuộc nguồn nhật ký linux, proces_creation",
        "lỗi: không có modifier 'endswit' [modifier] Có phải ý bạn là 'endswith'?",
        "lỗi: không có selection 'no_such' [selection] Hiện có: selection.",
        "a.yml:9:8: lỗi: 'hgih' không phải level [level] Có phải ý bạn là 'high'?",
    ):
        assert said in out
