from pathlib import Path
from string import Formatter

import pytest
from tramgac_collector.cli import rule_words
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.rule_words import RuleHeading, RuleWord


def names(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("word", RuleWord, ids=lambda word: word.name)
def test_both_languages_need_the_same(word):
    assert names(word.en) == names(word.vi)


def test_a_sentence_is_said_in_the_persons_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert say(RuleWord.SCANNING_AGAIN, again=1, samples=2).startswith("Luật YARA đã thay đổi: còn 1 trong 2")


def test_every_sentence_is_said_somewhere():
    source = "".join(path.read_text("utf-8") for path in Path(rule_words.__file__).parent.rglob("*.py"))
    for kind in (RuleWord, RuleHeading):
        assert [name for name in kind.__members__ if f"{kind.__name__}.{name}" not in source] == []
