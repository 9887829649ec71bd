import random

from tramgac_collector.export.waiting import ASKED_S, LONGEST_S, Waiting


def test_waits_grow_to_a_bound_and_begin_anew_when_it_went_well():
    waiting = Waiting(random.Random(1))
    waits = [waiting.next() for _ in range(20)]
    assert 0.5 <= waits[0] <= 1
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits[:8]))
    assert LONGEST_S / 2 <= waits[-1] <= LONGEST_S
    waiting.well()
    assert waiting.next() <= 1


def test_what_is_asked_for_is_obeyed_within_reason():
    waiting = Waiting()
    assert waiting.next(17.0) == 17.0
    assert waiting.next(0.0) == 1.0
    assert waiting.next(1e9) == ASKED_S
