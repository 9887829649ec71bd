import errno
import os
import resource
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest
from tramgac_collector import bell
from tramgac_collector.errors import DiskFull, IngestError, LogClosed
from tramgac_collector.ingest import (
    Attestation,
    Entry,
    IngestLog,
    Limits,
    consume,
    head,
    open_reader,
    tell_cursor,
    worked_on,
)
from tramgac_collector.ingest import log as ingest_log
from tramgac_collector.ingest.recovery import records
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_wire import chain
from tramgac_wire.batch import pack
from tramgac_wire.fs import OsFileSystem

HOST = "ab" * 16


class Lane:
    """An agent's lane: makes consecutive batches."""

    def __init__(self, host: str = HOST, epoch: int = 9, lane: int = 1):
        self.host, self.epoch, self.lane = host, epoch, lane
        self.next, self.chain = 1, chain.START

    def batch(self, count: int = 2, size: int = 20):
        blobs = [os.urandom(size) for _ in range(count)]
        batch = pack(self.epoch, self.lane, self.next, self.chain, blobs)
        self.chain = chain.extend(self.chain, blobs)
        self.next += count
        return batch, self.chain


class Faulty(OsFileSystem):
    """A file system whose writes or syncs fail while told to."""

    write_error = sync_error = 0

    def write(self, handle, offset, data):
        if self.write_error:
            raise OSError(self.write_error, os.strerror(self.write_error))
        super().write(handle, offset, data)

    def sync(self, handle):
        if self.sync_error:
            raise OSError(self.sync_error, os.strerror(self.sync_error))
        super().sync(handle)


def open_log(paths: StatePaths, *, fs=None, counts=None, synced=lambda: None, **limits):
    paths.make()
    return IngestLog(paths, limits=Limits(**limits), counts=counts or Counts(), synced=synced, fs=fs)


def put(log, lane: Lane, count: int = 2, skip: int = 0, received: int = 1, size: int = 20):
    batch, after = lane.batch(count, size)
    return log.submit(lane.host, received, skip, batch, after)


def sequences(paths):
    return [sequence for entry in consume(paths, 0) for sequence, _ in entry.events()]


def test_what_a_future_says_is_synced_and_readable(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    position = put(log, lane).result(10)
    assert head(paths) > position
    assert sequences(paths) == [1, 2]
    assert log.marks(HOST, 9) == {1: (2, lane.chain)}
    assert log.marks(HOST, 10) == {}
    log.close()


def test_a_batch_waits_a_little_for_others_unless_it_is_urgent(tmp_path, monkeypatch):
    paths, counts, waited, over = StatePaths(tmp_path), Counts(), [], threading.Event()
    monkeypatch.setattr(ingest_log, "time", SimpleNamespace(sleep=lambda s: waited.append(s) or over.wait(10)))
    log = open_log(paths, counts=counts, gather_s=0.3)
    first, second = put(log, Lane(lane=3)), put(log, Lane(lane=2))
    assert not first.done()
    over.set()
    assert first.result(10) < second.result(10)
    assert waited == [0.3]
    assert counts["log_syncs"] == 1
    put(log, Lane(lane=1)).result(10)
    assert waited == [0.3]
    log.close()


def test_batches_that_wait_share_one_sync(tmp_path):
    paths, counts = StatePaths(tmp_path), Counts()
    gate = threading.Event()

    class Slow(OsFileSystem):
        def sync(self, handle):
            gate.wait(10)
            super().sync(handle)

    gate.set()
    log = open_log(paths, fs=Slow(), counts=counts)
    gate.clear()
    lanes = [Lane(f"{number:032x}") for number in range(50)]
    futures = [put(log, lane) for lane in lanes]
    gate.set()
    positions = [future.result(10) for future in futures]
    assert positions == sorted(positions)
    assert 1 <= counts["log_syncs"] <= 2  # the first that came, and all the others
    log.close()


def test_received_never_decreases_although_the_clock_does(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    for received in (100, 50, 200):
        put(log, lane, received=received).result(10)
    log.close()
    log = open_log(paths)
    put(log, lane, received=10).result(10)
    assert [entry.received for entry in consume(paths, 0)] == [100, 100, 200, 200]
    log.close()


def test_marks_survive_a_new_start_over_many_segments(tmp_path):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(lane=2), Lane("cd" * 16)]
    for _ in range(3):
        log = open_log(paths, segment_bytes=1 << 16)
        for number in range(12):
            put(log, lanes[number % 3], size=5_000).result(10)
        log.close()
    assert len(list(paths.log_segments.glob("*.log"))) > 3
    log = open_log(paths)
    for lane in lanes:
        assert log.marks(lane.host, 9)[lane.lane] == (lane.next - 1, lane.chain)
    log.close()


def test_what_is_there_already_is_not_written_twice(tmp_path):
    paths, lane, counts = StatePaths(tmp_path), Lane(), Counts()
    log = open_log(paths, counts=counts)
    batch, after = lane.batch(4)
    log.submit(HOST, 1, 0, batch, after).result(10)
    log.submit(HOST, 1, 0, batch, after).result(10)  # a second stream that did not know
    assert sequences(paths) == [1, 2, 3, 4]
    assert counts["batches_duplicate"] == 1
    log.close()


def test_a_full_disk_refuses_and_leaves_no_hole(tmp_path):
    paths, lane, fs, counts = StatePaths(tmp_path), Lane(), Faulty(), Counts()
    log = open_log(paths, fs=fs, counts=counts)
    put(log, lane).result(10)
    fs.write_error = errno.ENOSPC
    lost = lane.batch()
    with pytest.raises(DiskFull, match="disk is full"):
        log.submit(HOST, 1, 0, *lost).result(10)
    fs.write_error = 0
    with pytest.raises(IngestError, match="not in the log"):
        put(log, lane).result(10)  # sent before the agent heard: taking it would leave a hole
    assert [counts[f"batches_refused_{why}"] for why in ("full", "hole", "error")] == [1, 1, 0]
    assert log.marks(HOST, 9)[1][0] == 2
    log.submit(HOST, 1, 0, *lost).result(10)
    assert sequences(paths) == [1, 2, 3, 4]
    log.close()


def test_a_failed_sync_acknowledges_nothing(tmp_path):
    paths, lane, fs, counts = StatePaths(tmp_path), Lane(), Faulty(), Counts()
    log = open_log(paths, fs=fs, counts=counts)
    put(log, lane).result(10)
    fs.sync_error = errno.EIO
    batch = lane.batch()
    with pytest.raises(IngestError, match="failed"):
        log.submit(HOST, 1, 0, *batch).result(10)
    assert (counts["batches_refused_error"], counts["batches_refused_full"]) == (1, 0)
    assert log.marks(HOST, 9)[1][0] == 2
    assert sequences(paths) == [1, 2]
    fs.sync_error = 0
    log.close()
    log = open_log(paths)
    log.submit(HOST, 1, 0, *batch).result(10)
    assert sequences(paths) == [1, 2, 3, 4]
    log.close()


def test_what_a_crash_left_half_written_is_cut(tmp_path):
    paths, lane, counts = StatePaths(tmp_path), Lane(), Counts()
    log = open_log(paths, counts=counts)
    put(log, lane).result(10)
    log.close()
    (file,) = paths.log_segments.glob("*.log")
    with file.open("ab") as out:
        out.write(b"\x01torn")
    log = open_log(paths, counts=counts)
    assert (counts["log_tail_cut"], counts["log_sealed"]) == (1, 0)
    put(log, lane).result(10)
    assert sequences(paths) == [1, 2, 3, 4]
    log.close()


def test_urgent_events_are_told_of_once_they_are_safe(tmp_path):
    told: list[int] = []
    paths = StatePaths(tmp_path)
    log = IngestLog(
        paths, limits=Limits(), counts=Counts(), synced=lambda: None, urgent=lambda: told.append(head(paths))
    )
    bulk, urgent = Lane(lane=3), Lane(lane=1)
    put(log, bulk).result(10)
    assert told == []
    position = put(log, urgent).result(10)
    assert told == [position + 1]
    log.close()


def test_no_descriptors_left_costs_nothing_that_is_synced(tmp_path):
    """After a good fsync nothing may be taken back: what is acknowledged and what the log knows are one."""
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths, synced=lambda: bell.ring(paths.run, "judge"))
    put(log, lane).result(10)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))  # what is open stays; every open is EMFILE
    try:
        waiting = put(log, lane)
        position = waiting.result(10)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert log.marks(HOST, 9)[1] == (4, lane.chain)
    put(log, lane).result(10)
    assert head(paths) > position
    assert sequences(paths) == [1, 2, 3, 4, 5, 6]
    log.check()
    log.close()


@pytest.mark.parametrize("failures", [1, 2])
def test_a_head_that_cannot_be_written_takes_nothing_back_and_is_tried_once_more(tmp_path, monkeypatch, failures):
    paths, lane, counts = StatePaths(tmp_path), Lane(), Counts()
    log = open_log(paths, counts=counts)
    put(log, lane).result(10)
    before, left, real = head(paths), [failures], os.pwrite

    def pwrite(descriptor, data, offset):
        if left[0]:
            left[0] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    put(log, lane).result(10)
    assert (head(paths), log.marks(HOST, 9)[1][0]) == (before, 4)
    log.check()
    put(log, lane).result(10)
    assert counts["log_head_failed"] == failures
    if failures == 2:
        with pytest.raises(IngestError, match="starting again"):
            log.check()
    log.close()
    log = open_log(paths)  # what the role does when it ends and is started again
    assert sequences(paths) == [1, 2, 3, 4, 5, 6]
    put(log, lane).result(10)
    log.check()
    log.close()


def test_a_head_that_was_late_is_told_when_nothing_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(ingest_log, "TRIM_EVERY_S", 0.05)
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    before, real, left = head(paths), os.pwrite, [1]

    def pwrite(descriptor, data, offset):
        if left:
            left.pop()
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    put(log, lane).result(10)
    deadline = time.monotonic() + 10
    while head(paths) == before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert sequences(paths) == [1, 2]
    log.close()


def test_trimming_that_fails_ends_nothing(tmp_path, monkeypatch):
    paths, lane, counts = StatePaths(tmp_path), Lane(), Counts()
    log = open_log(paths, counts=counts)

    def fail():
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(log, "_room", SimpleNamespace(require=lambda: None, trim=fail))
    put(log, lane).result(10)
    put(log, lane).result(10)
    log.check()
    assert counts["log_trim_failed"] >= 1
    log.close()


def test_a_gap_is_as_long_as_what_is_missing_whatever_the_agent_says(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    put(log, lane).result(10)
    lane.next = 6
    batch, after = lane.batch()
    batch.gap = 1 << 62
    log.submit(HOST, 1, 0, batch, after).result(10)
    batch, after = lane.batch()
    batch.gap = 9
    log.submit(HOST, 1, 0, batch, after).result(10)
    assert [(e.batch.first, e.batch.gap) for e in consume(paths, 0)] == [(1, 0), (6, 3), (8, 0)]
    log.close()


def test_a_closed_log_takes_nothing(tmp_path):
    log = open_log(StatePaths(tmp_path))
    log.close()
    with pytest.raises(LogClosed):
        put(log, Lane()).result(10)
    with pytest.raises(IngestError):
        log.check()


@pytest.mark.root
def test_a_really_full_disk(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount], check=True)
    try:
        paths, lane = StatePaths(mount / "state"), Lane()
        log = open_log(paths)
        stored = 0
        while not (done := log.submit(HOST, 1, 0, *(batch := lane.batch(1, 50_000)))).exception(10):
            stored += 1
        assert isinstance(done.exception(), DiskFull)
        assert stored >= 10
        (mount / "state/log/segments").joinpath("nothing").touch(exist_ok=True)
        subprocess.run(["mount", "-o", "remount,size=8m", mount], check=True)
        log.submit(HOST, 1, 0, *batch).result(10)
        assert sequences(paths) == list(range(1, stored + 2))
        log.close()
    finally:
        subprocess.run(["umount", mount], check=True)


def test_what_a_host_signed_stands_behind_what_it_speaks_for(tmp_path):
    paths, lane, counts = StatePaths(tmp_path), Lane(), Counts()
    log = open_log(paths, counts=counts)
    early = log.attest(signed(lane, 2))
    with pytest.raises(IngestError, match="not in the log"):
        early.result(10)
    at, said = put(log, lane), log.attest(signed(lane, 2))
    assert said.result(10) > at.result(10)
    assert [type(record) for record in records(open_reader(paths), 1)] == [Entry, Attestation]
    assert sequences(paths) == [1, 2]
    assert counts.snapshot()["attestations_refused"] == 1
    log.close()
    log = open_log(paths)  # and the watermarks are known as before
    assert log.marks(HOST, 9) == {1: (2, lane.chain)}
    tell_cursor(paths, "judge", 2)
    assert worked_on(paths, "judge", head(paths))
    log.close()


def signed(lane: Lane, sequence: int) -> Attestation:
    return Attestation(lane.host, 1, lane.epoch, lane.lane, sequence, lane.chain, bytes(33), b"signature")
