import pytest
from tramgac_rules.correlation.values import MAX_LENGTH, counted, folded, number_of, readable


def test_case_does_not_count():
    assert folded("An\\PC") == folded("AN\\pc") == "an\\pc"


def test_several_texts_are_one_value():
    assert readable(folded(("B", "a"))) == "b, a"
    assert folded(("B", "a")) != folded("b, a")


def test_of_a_long_value_the_beginning_and_a_digest_are_kept():
    one, two = folded("X" * 100_000), folded("X" * 100_001)
    assert one != two
    assert len(one) < MAX_LENGTH + 70
    assert one == folded("x" * 100_000)


def test_what_no_database_holds_is_escaped():
    assert folded("A\0B\udc80Ế") == "a\\x00b\\udc80ế"


@pytest.mark.parametrize(("text", "number"), [
    ("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), ("9007199254740993", 9007199254740993),
    ("", None), ("0x10", None), ("nan", None), ("inf", None), ("1" * 5_000, None), ("an", None),
])  # fmt: skip
def test_numbers(text, number):
    assert number_of(text) == number
    assert counted([text], number=True) == number


def test_texts_are_counted_as_they_are():
    assert counted(["a", "b"], number=False) != counted(["a b"], number=False)
    assert counted([], number=False) == ""
