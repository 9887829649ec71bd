"""An epoch that the collector has other events under: what waits goes on under another one, and none is lost."""

from pathlib import Path
from random import Random

import pytest
from tramgac_agent import carry
from tramgac_agent.frames import SpoolReader
from tramgac_agent.spool import Spool
from tramgac_wire.fs import OsFileSystem

from tests.wire.simfs import SimFileSystem


def open_spool(folder, *, boot="boot", fs=None):
    return Spool.open(Path(folder), cap_bytes=1 << 20, boot=boot, now=lambda: 0, recent=(1 << 18, 1000), fs=fs)


def flush(spool, *numbers):
    for number in numbers:
        spool.put(2, b"%d" % number)
        spool.flush()


def held(spool, folder, fs=None):
    """What waits in the spool under the present epoch."""
    first, upcoming = spool.heads()[1][2]
    frames = SpoolReader(fs or OsFileSystem(), folder).read(spool.epoch, 2, first, until=upcoming)
    return [int(blob) for frame in frames for blob in frame.blobs]


def books_balance(spool):
    return all(book.ledger.balanced for one in spool._books.epochs for book in one.lanes.values())


def test_what_was_not_acknowledged_goes_on_under_a_new_epoch(tmp_path):
    spool = open_spool(tmp_path)
    old = spool.epoch
    flush(spool, 1, 2, 3)
    spool.acked(old, 2, 1)
    spool.put(2, b"4")
    spool.renew(old)
    assert spool.epoch != old
    assert spool.heads()[0] == spool.epoch
    assert held(spool, tmp_path) == [2, 3, 4]
    assert spool.kept_epochs == ()
    assert (sum(spool.past.values()), books_balance(spool)) == (0, True)
    spool.renew(old)
    spool.held(old, 2, 0)
    assert held(spool, tmp_path) == [2, 3, 4]


def killed(spool):
    spool._disk.close()


@pytest.mark.parametrize("clean", [True, False])
def test_it_is_done_by_and_by_and_goes_on_after_a_restart(tmp_path, monkeypatch, clean):
    monkeypatch.setattr(carry, "CARRY_FRAMES", 2)
    spool = open_spool(tmp_path)
    flush(spool, 1, 2, 3, 4, 5)
    spool.renew(spool.epoch)
    assert held(spool, tmp_path) == [1, 2]
    if clean:
        spool.close()
    else:
        killed(spool)
    spool = open_spool(tmp_path)
    spool.enforce()
    spool.enforce()
    assert held(spool, tmp_path) == [1, 2, 3, 4, 5]
    assert (sum(spool.past.values()), books_balance(spool)) == (0, True)


@pytest.mark.parametrize(("met", "anew"), [(False, [2, 3]), (True, [])])
def test_an_end_that_a_power_cut_took_is_believed_only_of_a_spool_that_cannot_have_been_put_back(tmp_path, met, anew):
    spool = open_spool(tmp_path)
    old = spool.epoch
    flush(spool, 1)
    spool.acked(old, 2, 1)
    spool.close()
    spool = open_spool(tmp_path)  # the older image, perhaps
    assert spool.epoch == old
    if met:
        spool.held(old, 2, 1)
    flush(spool, 2, 3)
    spool.enforce()
    killed(spool)
    spool = open_spool(tmp_path, boot="another")
    assert spool.epoch != old
    spool.acked(old, 2, 10)
    assert (held(spool, tmp_path), spool.heads()[0]) == (anew, spool.epoch)
    assert books_balance(spool)


class Nothing(Random):
    """Of what no sync made safe, nothing is there after a power cut."""

    def randrange(self, *_):
        return 0


def nothing_comes_twice(tmp_path, fs, old):
    """After a power cut: what the collector acknowledged under an epoch does not go on under another."""
    spool = open_spool(tmp_path, boot="another", fs=fs)
    assert spool.heads() == (old, {2: (1, 3)})  # nobody knows here that it was acknowledged
    spool.acked(old, 2, 3)
    assert (held(spool, tmp_path, fs), spool.heads()[0]) == ([], spool.epoch)
    assert books_balance(spool)


def test_that_the_collector_was_met_outlives_a_power_cut(tmp_path):
    fs = SimFileSystem(Nothing())
    open_spool(tmp_path, fs=fs).close()
    spool = open_spool(tmp_path, fs=fs)
    old = spool.epoch
    for lane in (1, 2, 3):
        spool.held(old, lane, 0)
    flush(spool, 1, 2)
    spool.flush(durable=True)
    flush(spool, 3)
    spool.acked(old, 2, 3)
    fs.crash()
    nothing_comes_twice(tmp_path, fs, old)


@pytest.mark.parametrize("refusal", ["fail_write", "fail_sync"])
def test_that_the_collector_was_met_is_made_safe_later_where_the_disk_refuses_it(tmp_path, refusal):
    fs = SimFileSystem(Nothing())
    open_spool(tmp_path, fs=fs).close()
    spool = open_spool(tmp_path, fs=fs)
    old = spool.epoch
    spool.enforce()
    setattr(fs, refusal, True)
    spool.held(old, 2, 0)
    assert spool.trouble
    spool.enforce()
    flush(spool, 1, 2)
    spool.flush(durable=True)
    flush(spool, 3)
    spool.acked(old, 2, 3)
    fs.crash()
    nothing_comes_twice(tmp_path, fs, old)
