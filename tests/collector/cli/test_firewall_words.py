import string

import pytest
from tramgac_collector.cli.firewall_words import FirewallWord


@pytest.mark.parametrize("word", FirewallWord)
def test_both_languages_need_the_same_parameters(word):
    names = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert names[0] == names[1]
    assert word.en != word.vi
