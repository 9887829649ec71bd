from tramgac_collector.ingest.entry import Entry
from tramgac_collector.proof.ledgers import Ledgers
from tramgac_proto.event_pb2 import Event, LaneLedger
from tramgac_wire import chain
from tramgac_wire.batch import pack

HOST, LATE = "ab" * 16, 10**12


def read(*blobs: bytes) -> Ledgers:
    ledgers = Ledgers()
    ledgers.read(Entry(1, HOST, 1, 0, chain.START, pack(9, 2, 1, chain.START, blobs)), blobs)
    return ledgers


def health(time: int, **dropped: int) -> bytes:
    event = Event(time=time)
    event.health.lanes.append(LaneLedger(lane=1, dropped=dropped))
    return event.SerializeToString()


def test_the_newest_account_counts_whatever_its_order():
    for blobs in ((health(LATE, spool_full=3, spool_age=1), health(5)), (health(5), health(LATE, spool_full=4))):
        ledgers = read(*blobs)
        assert not ledgers.contradicts((HOST, 9, 1), 4, 0)
        assert ledgers.contradicts((HOST, 9, 1), 5, 0)
        assert not ledgers.contradicts((HOST, 9, 1), 5, LATE)  # it may not have known yet
        assert not ledgers.contradicts((HOST, 8, 1), 5, 0)


def test_what_only_looks_like_an_account_is_passed_over():
    other = Event(time=LATE)
    other.process_start.process.command_line = health(LATE).hex() + "\x8a\x01\xa2\x01\xe2\x03"
    assert not read(other.SerializeToString(), health(LATE)[:-1]).contradicts((HOST, 9, 1), 5, 0)


def test_what_is_told_later_of_an_earlier_epoch_is_its_own():
    event = Event(time=LATE)
    event.health.lanes.append(LaneLedger(lane=1, dropped={"spool_full": 1}))
    event.health.closed.append(LaneLedger(epoch=3, lane=1, dropped={"spool_full": 7}))
    ledgers = read(event.SerializeToString())
    assert not ledgers.contradicts((HOST, 3, 1), 7, 0)
    assert ledgers.contradicts((HOST, 9, 1), 2, 0)
