import hashlib
from collections import Counter

import pytest
from tramgac_collector import judges
from tramgac_collector.judges import Seat


def test_one_judge_has_the_names_it_always_had():
    assert (Seat().role, Seat().cursor, judges.roles(1)) == ("judge", "judge", ("judge",))
    assert judges.roles(3) == ("judge", "judge-2", "judge-3")
    assert [seat.cursor for seat in judges.seats(2)] == ["judge-1-of-2", "judge-2-of-2"]
    assert [seat.first for seat in judges.seats(2)] == [True, False]


def test_each_host_and_each_group_has_one_judge():
    keys = [hashlib.sha256(b"%d" % number).hexdigest()[:32] for number in range(3_000)]
    for of in (1, 2, 3, judges.MOST):
        found = [[seat.number for seat in judges.seats(of) if seat.hears(key)] for key in keys]
        assert found == [[seat.number for seat in judges.seats(of) if seat.keeps(key)] for key in keys]
        shares = Counter(number for (number,) in found)
        assert min(shares.values()) > len(keys) / of / 2, "about the same for each"


def test_whose_it_is_stays_so():
    assert [judges.number_of("a1" * 16, of) for of in (1, 2, 3, 16)] == [1, 2, 1, 4]
    assert [judges.number_of("b2" * 16, of) for of in (1, 2, 3, 16)] == [1, 1, 2, 1]


@pytest.mark.parametrize("of", [1, 2, 3, 12])
def test_cursors_say_of_how_many_judges_they_are(of):
    names = {seat.cursor for seat in judges.seats(of)}
    assert judges.of_cursors([*names, "texts"]) == judges.seats(of)
    assert judges.of_cursors([*names, "judge-9-of-13"]) is None
    assert judges.of_cursors(names - {judges.seats(of)[-1].cursor}) is None


def test_what_is_no_judges_cursor():
    assert not judges.is_cursor("texts")
    assert judges.is_cursor("judge")
    assert judges.is_cursor("judge-2-of-3")
