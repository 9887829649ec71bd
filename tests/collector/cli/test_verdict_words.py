from string import Formatter

import pytest
from tramgac_collector.cli.verdict_words import VerdictWord


def names(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("word", VerdictWord, ids=lambda word: word.name)
def test_both_languages_need_the_same(word):
    assert names(word.en) == names(word.vi)
