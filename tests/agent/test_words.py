import string

import pytest
from tramgac_agent import checks, help_words, words
from tramgac_agent.words import Text, vietnamese

TEXTS = (
    {
        f"{module.__name__}.{name}": value
        for module in (words, checks, help_words)
        for name, value in vars(module).items()
        if isinstance(value, Text)
    }
    | words.TOKEN_WHY
    | words.TICKET_WHY
    | words.KINDS
)


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_have_the_same_places(name):
    text = TEXTS[name]
    assert text.vi
    assert places(text.en) == places(text.vi)


@pytest.mark.parametrize(
    ("environment", "vi"),
    [
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, False),
        ({"LC_MESSAGES": "vi", "LANG": "en_GB"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_locale_decides(environment, vi):
    assert vietnamese(environment) is vi


def test_a_sentence_is_said_in_the_readers_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert Text("in {x}", "trong {x}").say(x=1) == "trong 1"
    monkeypatch.setenv("LC_ALL", "C")
    assert Text("in {x}", "trong {x}").say(x=1) == "in 1"
