import string

import pytest
from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.headings import Cell, Heading, Nothing
from tramgac_collector.cli.help_words import Frame
from tramgac_collector.cli.pairs import Pair, say, vietnamese
from tramgac_collector.cli.words import Word

SETS = (Word, Complaint, Heading, Cell, Nothing, Frame)
SAME = {Complaint.OTHER}


def test_all_sets_are_looked_at():
    assert set(SETS) == set(Pair.__subclasses__())


@pytest.mark.parametrize("word", [word for words in SETS for word in words], ids=str)
def test_both_languages_say_the_same_parameters(word: Pair):
    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert names(word.en) == names(word.vi)
    assert (word.en == word.vi) == (word in SAME)


@pytest.mark.parametrize("words", SETS)
def test_no_sentence_stands_twice(words: type[Pair]):
    assert len({word.en for word in words}) == len(words.__members__)


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
    assert say(Complaint.USER_EXISTS, name="\x1b[2J{state}") == (
        "There is a user \\x1b[2J{state} already; choose another name."
    )
    with pytest.raises(KeyError):
        say(Complaint.USER_EXISTS)
