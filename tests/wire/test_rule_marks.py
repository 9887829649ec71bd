import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.errors import LimitError
from tramgac_wire.limits import MAX_RULE_MARKS
from tramgac_wire.rule_marks import MARK, joined, mark_of, parted


@given(st.lists(st.text(), max_size=30))
def test_marks_are_found_again_whatever_the_ids_are(rules):
    marks = joined(rules)
    assert len(marks) == MARK * len(rules)
    assert parted(marks) == {mark_of(rule) for rule in rules}


def test_half_a_surrogate_pair_is_an_id_too():
    assert mark_of("a\ud800") != mark_of("a")


@pytest.mark.parametrize("marks", [b"x", b"x" * (MARK + 1), b"x" * MARK * (MAX_RULE_MARKS + 1)])
def test_what_is_no_list_of_marks_is_refused(marks):
    with pytest.raises(LimitError, match=f"{len(marks)} bytes are no marks"):
        parted(marks)
