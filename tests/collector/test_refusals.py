import re

from tramgac_collector import refusals
from tramgac_collector.errors import CollectorError


def test_the_tree_at_the_top_is_the_tree_below():
    drawn = set(re.findall(r"[├└]── (\w+)", refusals.__doc__ or ""))
    there = {
        name
        for name, kind in vars(refusals).items()
        if isinstance(kind, type) and issubclass(kind, refusals.Refusal) and kind is not refusals.Refusal
    }
    assert drawn == there
    assert issubclass(refusals.Refusal, CollectorError)


def test_a_refusal_has_a_word_and_parameters():
    error = refusals.VerdictUnknown("odd is none", allowed=["benign"])
    assert (str(error), error.word, error.params) == ("odd is none", "verdict_unknown", {"allowed": ["benign"]})


def test_a_delay_says_how_long():
    assert "7 s" in str(refusals.LoginDelayed(7))
