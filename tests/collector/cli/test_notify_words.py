from string import Formatter

import pytest
from tramgac_collector.cli.notify_words import MetricsWord, NotifyHead, NotifyWord


@pytest.mark.parametrize("word", [*NotifyWord, *MetricsWord, *NotifyHead])
def test_both_languages_have_the_same_parameters(word):
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert fields[0] == fields[1]
    assert word.vi
