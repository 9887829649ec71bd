from string import Formatter

import pytest
from tramgac_collector.cli.store_words import StoreHead, StoreWord


def names(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("word", [*StoreWord, *StoreHead], ids=lambda word: word.name)
def test_both_languages_need_the_same(word):
    assert names(word.en) == names(word.vi)
