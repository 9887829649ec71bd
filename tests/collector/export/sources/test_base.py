from tramgac_collector.export.places import Place
from tramgac_collector.export.sources.base import Taken


def test_nothing_taken_is_the_end():
    taken = Taken(Place())
    assert (taken.records, taken.gaps, taken.more, taken.unreadable) == ([], [], False, 0)
