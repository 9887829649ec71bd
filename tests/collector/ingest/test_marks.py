from tramgac_collector.ingest.entry import Mark
from tramgac_collector.ingest.marks import EPOCHS_A_HOST, Marks
from tramgac_wire.limits import MAX_KEPT

HOST, OTHER = "aa" * 16, "bb" * 16
CHAIN = bytes(32)


def test_marks_are_by_host_epoch_and_lane():
    marks = Marks()
    marks.put((HOST, 1, 1), Mark(5, CHAIN))
    marks.put((HOST, 1, 2), Mark(6, CHAIN))
    marks.put((OTHER, 1, 1), Mark(7, CHAIN))
    assert marks.lanes(HOST, 1) == {1: Mark(5, CHAIN), 2: Mark(6, CHAIN)}
    assert marks.lanes(HOST, 2) == {}
    assert marks.get((OTHER, 1, 1)) == Mark(7, CHAIN)
    assert marks.knows(HOST)
    assert not marks.knows("cc" * 16)


def test_the_epochs_last_heard_of_are_kept():
    marks = Marks()
    for epoch in range(EPOCHS_A_HOST):
        marks.put((HOST, epoch, 1), Mark(1, CHAIN))
    marks.put((HOST, 0, 1), Mark(2, CHAIN))  # heard of again
    marks.put((HOST, 99, 1), Mark(1, CHAIN))
    assert marks.get((HOST, 0, 1)) == Mark(2, CHAIN)
    assert marks.get((HOST, 1, 1)) is None
    assert len(marks.all()) == EPOCHS_A_HOST


def test_a_mark_can_be_set_back():
    marks = Marks()
    marks.put((HOST, 1, 1), Mark(5, CHAIN))
    marks.drop((HOST, 1, 1), Mark(4, CHAIN))
    assert marks.get((HOST, 1, 1)) == Mark(4, CHAIN)
    marks.drop((HOST, 1, 1), None)
    assert marks.lanes(HOST, 1) == {}


def test_a_copy_by_all_is_equal():
    marks = Marks()
    marks.put((HOST, 1, 3), Mark(5, CHAIN))
    assert Marks(marks.all()).all() == marks.all()


def test_as_many_as_an_agent_asks_for_beside_the_present_one_are_remembered():
    assert MAX_KEPT < EPOCHS_A_HOST
    marks = Marks()
    assert not marks.forgets(HOST)
    for epoch in range(1, EPOCHS_A_HOST):
        marks.put((HOST, epoch, 1), Mark(epoch, CHAIN))
    assert not marks.forgets(HOST)
    marks.put((HOST, 99, 1), Mark(1, CHAIN))
    assert marks.forgets(HOST)
    assert not marks.forgets(OTHER)
