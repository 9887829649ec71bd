"""How earlier epochs ended is asked and told, over the real spool; test_spool_model.py has any histories."""

import pytest
from tramgac_agent import storage
from tramgac_agent.spool import Spool
from tramgac_wire.limits import MAX_KEPT


class Host:
    """Has a power cut each time that it is opened again."""

    def __init__(self, folder):
        self.folder, self.boots, self.spool = folder, 0, None

    def boot(self, *, cap=640_000, recent=(0, 0)):
        if self.spool:
            self.spool._disk.close()
        self.boots += 1
        self.spool = Spool.open(
            self.folder, cap_bytes=cap, recent=recent, boot=str(self.boots), now=lambda: 0, draw=lambda: self.boots
        )
        return self.spool

    def put(self, lane, events, size=10):
        for _ in range(events):
            self.spool.put(lane, bytes(size))
            self.spool.flush()


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path)
    yield made
    made.spool._disk.close()


def ends(spool):
    return {epoch: {n: one.missing_from for n, one in lanes.items()} for epoch, lanes in spool.endings.untold().items()}


def given_up(host):
    """Epoch 1 ends with bulk that is all given up, after three of its events were sent."""
    host.boot()
    host.put(3, 40, 10_000)
    host.spool.acked(1, 3, 2)
    host.spool.enforce()
    spool = host.boot()
    host.put(2, 60, 10_000)
    assert not spool._books.epochs[0].waiting
    spool.enforce()
    return spool


def test_what_lacks_at_the_end_is_told_once_the_collector_said_what_it_holds(host):
    spool = given_up(host)
    assert ends(spool) == {}
    assert spool.heads() == (1, {3: (41, 41)})
    spool.held(1, 3, 3)  # the acknowledgement of the third was lost
    assert spool.heads()[0] == 2
    assert ends(spool) == {1: {3: 4}}
    ledger = spool.endings.untold()[1][3]
    assert (ledger.emitted, ledger.acked, ledger.dropped) == (40, 2, {"spool_full": 38})


def test_it_is_told_until_it_is_acknowledged(host):
    spool = given_up(host)
    spool.held(1, 3, 3)
    host.put(2, 1)
    spool.endings.telling(2, 2, 61)
    assert ends(spool) == {}
    spool.acked(2, 2, 60)
    assert not spool._books.epochs[0].told
    spool.acked(2, 2, 61)
    assert spool._books.epochs[0].told
    spool = host.boot()  # the next agent tells it again: what the collector wrote down may be gone
    spool.enforce()
    assert ends(spool)[1] == {3: 4}


def test_an_epoch_that_was_sent_to_its_end_is_told_too_and_lacks_nothing(host):
    host.boot()
    host.put(2, 5)
    spool = host.boot()
    assert ends(spool) == {}
    spool.acked(1, 2, 5)
    assert ends(spool) == {1: {2: 0}}


def test_what_a_collector_lacks_that_was_put_back_and_nothing_can_send(host):
    host.boot()
    host.put(2, 5)
    spool = host.boot()
    spool.acked(1, 2, 5)
    spool.endings.telling(2, 2, 1)
    host.put(2, 1)
    spool.acked(2, 2, 1)
    host.put(2, 20, 100_000)
    spool.acked(2, 2, 21)
    assert 1 in spool.kept_epochs
    assert ends(spool) == {}
    spool.held(1, 2, 2)
    spool.enforce()
    assert spool.heads()[0] == 2
    assert ends(spool) == {1: {2: 3}}
    spool.held(1, 2, 5)  # another one, which was not put back
    assert ends(spool) == {1: {2: 0}}


def test_only_so_many_epochs_are_remembered(host, monkeypatch):
    most = 5
    monkeypatch.setattr(storage, "MOST_OWED", most)
    for _ in range(most + 3):
        spool = host.boot()
        host.put(2, 1)
        spool.acked(host.boots, 2, 1)
        spool.enforce()
    host.put(2, 20, 100_000)  # nothing of them lies on the disk any more
    spool.acked(host.boots, 2, 21)
    assert len(spool._books.epochs) == most + 1
    told = 0
    while found := spool.endings.untold():
        told += len(found)
        host.put(2, 1)
        spool.endings.telling(host.boots, 2, spool.ledger()[2].emitted)
        spool.acked(host.boots, 2, spool.ledger()[2].emitted)
    assert told == most
    assert len(spool._books.epochs) == MAX_KEPT + 1
