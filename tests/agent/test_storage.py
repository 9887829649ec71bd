import pytest
from tramgac_agent.spool import Spool

from tests.lab.outage_disk import Metered

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
    assert spool.kept_epochs == (before,)  # the collector is asked what it holds of it, though nothing can be sent
    spool.held(before, 2, 40)
    assert spool.heads()[0] == spool.epoch
    assert spool.endings.untold()[before][2].missing_from == 41
    spool.close()


def flood(spool, lane, events):
    """Without a look at the caps in between."""
    for _ in range(events):
        spool.put(lane, bytes(10_000))
        spool.flush()


def test_the_cap_holds_at_every_moment_and_a_flood_of_bulk_moves_nothing_above_it(tmp_path):
    disk = Metered()
    spool = Spool.open(tmp_path, cap_bytes=1_000_000, boot="b", now=lambda: 0, fs=disk)
    flood(spool, 1, 20)
    flood(spool, 2, 40)
    flood(spool, 3, 200)
    flood(spool, 2, 20)
    books = spool.ledger()
    assert not books[1].dropped
    assert not books[2].dropped
    assert books[3].dropped["spool_full"] > 150
    assert all(book.balanced for book in books.values())
    assert 900_000 < disk.peak <= 1_000_000
    assert disk.used == spool.size == sum(file.stat().st_size for file in tmp_path.rglob("*.log"))
    spool.close()


def test_a_lane_that_has_nothing_to_give_way_gives_up_what_is_new(tmp_path):
    spool = Spool.open(tmp_path, cap_bytes=640_000, boot="b", now=lambda: 0)
    flood(spool, 2, 80)
    flood(spool, 3, 3)
    kept = spool.ledger()[2]
    flood(spool, 3, 3)
    assert spool.ledger()[2] == kept
    flood(spool, 1, 20)
    assert not spool.ledger()[1].dropped
    assert spool.ledger()[3].spooled == 0
    assert spool.size <= 640_000
    spool.close()
