import pytest
from tramgac_collector.notify.words import Notify


@pytest.mark.parametrize("word", Notify)
def test_each_sentence_stands_in_both_languages(word):
    fields = dict.fromkeys(("path", "faults", "name", "text", "file", "why", "mode", "host", "address"), "x")
    told = word.both(**fields, port=1, status=500, kind="E")
    assert told.en
    assert told.vi
    assert told.en != told.vi or word is Notify.BROKE
