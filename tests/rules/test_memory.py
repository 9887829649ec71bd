"""What is remembered is right, and bounded."""

from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.evaluate import View, compile_node
from tramgac_rules.memory import ENTRY, MEMO_LENGTH, MEMO_TEXTS, Known, KnownPair, Memory, remembered, size_of
from tramgac_rules.tree import And, Atom, Not

NODE = And((Not(Atom("A", "endswith", ".exe")), Atom("B", "contains", "x")))
VALUES = st.one_of(st.none(), st.sampled_from(["", "x", "a.exe", "A.EXE", "xx"]), st.just(("x", "a.exe")), st.just(()))


def view(one, two):
    return View({name: value for name, value in (("A", one), ("B", two)) if value is not None})


class Counted:
    """A test that counts how often it is asked."""

    def __init__(self, node):
        self.asked, self._test = 0, compile_node(node)

    def __call__(self, seen):
        self.asked += 1
        return self._test(seen)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=30), st.integers(300, 5_000))
def test_it_answers_as_the_test_does(pairs, limit):
    known, test = remembered(compile_node(NODE), ("A", "B"), Memory(limit)), compile_node(NODE)
    for one, two in pairs:
        assert known(view(one, two)) is test(view(one, two))


def test_the_same_values_are_tested_once_and_kept_over_a_turn_when_asked_for():
    test = Counted(NODE)
    known = KnownPair(test, "A", "B", Memory())
    for turn in range(3):
        assert [known(view("a", "x")), known(view("a", None)), known(view("b.exe", "x"))] == [True, False, False]
        assert test.asked == 3, turn
        known.turn()
    known.turn()
    known(view("a", "x"))
    assert test.asked == 4


ONE = Atom("A", "re", "a+b|x")


@given(st.lists(VALUES, max_size=30), st.integers(300, 5_000))
def test_it_answers_of_one_field_as_the_test_does(values, limit):
    known, test = remembered(compile_node(ONE), ("A",), Memory(limit)), compile_node(ONE)
    for value in values:
        assert known(view(value, "other")) is test(view(value, "other"))


def test_of_one_field_the_same_values_are_tested_once_and_long_ones_each_time():
    test = Counted(ONE)
    known = Known(test, "A", Memory())
    assert [known(view(text, None)) for text in ("ab", "ab", "b")] == [True, True, False]
    assert test.asked == 2
    known.turn()
    assert known(view("ab", None))
    assert test.asked == 2
    long = "x" * (MEMO_LENGTH + 1)
    assert [known(view(long, None)), known(view(long, None))] == [True, True]
    assert test.asked == 4


def test_of_three_fields_nothing_is_remembered():
    test = Counted(ONE)
    assert remembered(test, ("A", "B", "C"), Memory()) is test
    assert remembered(test, (), Memory()) is test


def test_what_is_long_is_looked_at_each_time():
    test = Counted(NODE)
    known = KnownPair(test, "A", "B", Memory())
    long = "x" * (MEMO_LENGTH + 1)
    assert [known(view(long, "x")), known(view(long, "x")), known(view("x", long))] == [True, True, True]
    assert test.asked == 3


def test_what_all_hold_together_is_bounded():
    memory = Memory(limit=10 * ENTRY)
    turned = []

    class Member:
        def turn(self):
            turned.append(1)

    memory.join(Member())
    for _ in range(100):
        memory.spend(ENTRY)
    assert len(turned) == 9


def test_sizes():
    assert size_of(None) == ENTRY
    assert size_of("a" * MEMO_LENGTH) > ENTRY + MEMO_LENGTH
    assert size_of("a" * (MEMO_LENGTH + 1)) is None
    assert size_of(("a",) * MEMO_TEXTS) > ENTRY
    assert size_of(("a",) * (MEMO_TEXTS + 1)) is size_of(("a" * MEMO_LENGTH, "a")) is None
