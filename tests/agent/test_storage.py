import pytest
from tramgac_agent.spool import Spool

EPOCHS = iter(range(1, 1_000))


@pytest.fixture
def spool(tmp_path):
    """Segments of 64 kB, at most 640 kB, of which 256 may be acknowledged."""
    made = Spool.open(
        tmp_path, cap_bytes=640_000, recent=(256_000, 3_600), boot="b", now=lambda: 0, draw=lambda: next(EPOCHS)
    )
    yield made
    made.close()


def fill(spool, lane, kilobytes):
    for _ in range(kilobytes // 50):
        for _ in range(50):
            spool.put(lane, bytes(1_000))
        spool.flush()
        spool.enforce()


def test_what_was_acknowledged_stays_within_its_bound_and_is_read_again(spool):
    fill(spool, 2, 500)
    spool.acked(spool.epoch, 2, 500)
    assert 128_000 < spool.kept_bytes <= 256_000
    assert spool.ledger()[2].acked == 500
    assert spool.ledger()[2].spooled == 0


def test_where_room_is_short_it_goes_before_anything_that_waits(spool):
    fill(spool, 3, 200)
    spool.acked(spool.epoch, 3, 200)
    assert spool.kept_bytes > 0
    fill(spool, 2, 500)
    assert spool.size <= 640_000
    assert not spool.ledger()[2].dropped
    fill(spool, 2, 200)
    assert spool.kept_bytes == 0
    assert spool.ledger()[2].dropped["spool_full"]
    assert spool.ledger()[2].balanced


def test_an_earlier_epoch_is_known_while_anything_of_it_lies_here(tmp_path):
    def opened(boot):
        return Spool.open(
            tmp_path, cap_bytes=640_000, recent=(256_000, 3_600), boot=boot, now=lambda: 0, draw=lambda: next(EPOCHS)
        )

    spool = opened("one")
    fill(spool, 2, 100)
    spool.acked(spool.epoch, 2, 100)
    spool.enforce()
    before = spool.epoch
    for log in (*spool._disk.logs.values(), spool._disk._log):
        log.close()  # the power goes
    spool = opened("two")
    assert spool.kept_epochs == (before,)
    assert spool.heads()[0] == spool.epoch != before
    spool.held(before, 2, 100)
    assert spool.heads()[0] == spool.epoch
    spool.held(before, 2, 40)
    assert spool.heads() == (before, {2: (101, 101)})
    spool.acked(before, 2, 100)
    assert spool.heads()[0] == spool.epoch
    fill(spool, 2, 700)
    spool.acked(spool.epoch, 2, 700)
    fill(spool, 2, 50)
    assert not spool.kept_epochs
    spool.close()
