import string

import pytest
from tramgac_collector.cli.ledger_words import LedgerWord, word


@pytest.mark.parametrize("one", LedgerWord)
def test_both_languages_need_the_same_parameters(one):
    names = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (one.en, one.vi)]
    assert names[0] == names[1]
    assert one.en != one.vi


def test_a_lane_that_is_not_known_is_its_number(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert (word("lane", "urgent"), word("lane", "7")) == ("khẩn", "7")
