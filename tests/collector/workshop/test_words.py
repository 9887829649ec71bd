from pathlib import Path
from string import Formatter

import pytest
from tramgac_collector.workshop import telling
from tramgac_collector.workshop.sample_words import SampleSay
from tramgac_collector.workshop.telling import Tell
from tramgac_collector.workshop.words import TrySay


def names(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("word", [*TrySay, *Tell, *SampleSay], ids=lambda word: word.name)
def test_both_languages_need_the_same(word):
    assert names(word.en) == names(word.vi)


def test_every_sentence_is_said_somewhere():
    source = "".join(path.read_text("utf-8") for path in Path(telling.__file__).parent.glob("*.py"))
    for kind in (TrySay, Tell, SampleSay):
        assert [name for name in kind.__members__ if f"{kind.__name__}.{name}" not in source] == []
