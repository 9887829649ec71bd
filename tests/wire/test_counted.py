import pytest
from tramgac_wire.counted import fill


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rules are off"), (1, "1 rule is off"), ("1", "1 rule is off"), (21, "21 rules are off")]
)
def test_the_number_chooses_the_words_beside_it(count, said):
    assert fill("{count:rule is|rules are} off", {"count": count}) == said


def test_other_formats_and_conversions_stay():
    assert fill("{share:.1f} of {name!r}", {"share": 2, "name": "x"}) == "2.0 of 'x'"


def test_what_is_filled_in_is_no_sentence():
    assert fill("{who}", {"who": "{state:a|b}"}) == "{state:a|b}"
    with pytest.raises(KeyError):
        fill("{n:alert|alerts}", {})
