import string

import pytest
from tramgac_collector.demo import words


def facts(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("table", [words.LINES, words.NOTES, words.REASONS], ids=["lines", "notes", "reasons"])
def test_both_languages_name_the_same_facts(table):
    assert [name for name, (english, native) in table.items() if facts(english) != facts(native)] == []


def test_what_did_not_hold_is_said_in_both_languages_too():
    assert words.FAILED.keys() <= words.LINES.keys()
    assert [name for name, (english, native) in words.FAILED.items() if facts(english) != facts(native)] == []


def test_language_follows_the_locale(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert words.reason("no_sensor").startswith("không có")
    assert [words.duration(ms) for ms in (420, 1449, 79_000)] == ["420 ms", "1,4 giây", "79 giây"]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert words.reason("no_sensor") == "no such sensor runs"
    assert [words.duration(ms) for ms in (420, 1449, 79_000)] == ["420 ms", "1.4 s", "79 s"]
