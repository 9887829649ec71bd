import string

import pytest
from tramgac_collector.cli.words import Word, say, vietnamese


@pytest.mark.parametrize("word", Word)
def test_both_languages_say_the_same_parameters(word: Word):
    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert names(word.en) == names(word.vi)
    assert word.en != word.vi


def test_no_sentence_stands_twice():
    assert len({word.en for word in Word}) == len(Word)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "vi_VN", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_MESSAGES": "vi_VN.UTF-8"}, True),
        ({"LANG": "vim_XX"}, False),
        ({}, False),
    ],
)
def test_the_locale_chooses(monkeypatch, variables, expected):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert vietnamese() is expected


def test_parameters_are_made_visible_and_never_formatted_again(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    assert say(Word.NOT_FOUND, what="\x1b[2J{state}") == "There is no such thing: \\x1b[2J{state}"
