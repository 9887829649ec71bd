import string

import pytest
from tramgac_collector.demo.words import _LINES, line


@pytest.mark.parametrize("check", _LINES)
def test_both_languages_name_the_same_facts(check):
    english, native = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in _LINES[check])
    assert english == native


def test_language_follows_the_locale(monkeypatch):
    facts = {"status": 200, "bytes": 7}
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert line("page", facts).startswith("Trang web")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert line("page", facts).startswith("The page")


def test_text_from_a_host_is_made_visible():
    assert "\x1b" not in line("failed", {"reason": "\x1b[31mred"})


def test_an_unknown_check_is_its_own_line():
    assert line("surprise", {}) == "surprise"
