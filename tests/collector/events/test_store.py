import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from tramgac_collector import initialise
from tramgac_collector.bell import Bell
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import Unreadable
from tramgac_collector.events import query, rollups, schema
from tramgac_collector.events import store as store_role
from tramgac_collector.events.block import build
from tramgac_collector.events.retention import Policy, retain
from tramgac_collector.events.store import Store, log_number
from tramgac_collector.ingest import consume, head, holes, read_cursor
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event, Process, ProcessStart
from tramgac_proto.names import KINDS
from tramgac_wire import chain
from tramgac_wire.batch import pack

from tests.collector.conftest import start_engine
from tests.collector.events.made import full_event
from tests.collector.ingest.test_holes import spoil
from tests.collector.ingest.test_log import HOST, open_log
from tests.collector.ingest.test_reading import UNKNOWN, write_unknown
from tests.collector.station import settings

pytestmark = pytest.mark.enable_socket
NOW = time.time_ns()


@pytest.fixture
def paths(engine_paths, tmp_path):
    """A log of its own beside the session's engine."""
    mine = StatePaths(tmp_path)
    mine.make()
    mine.log_id.write_text(os.urandom(8).hex())
    mine.engine.symlink_to(engine_paths.engine)
    return mine


def fill_log(paths, batches, *, lane=1, received=NOW, host=HOST, epoch=9):
    """Put lists of encoded events into the log as batches of one lane."""
    log = open_log(paths)
    first, before = 1, chain.START
    for number, blobs in enumerate(batches):
        batch = pack(epoch, lane, first, before, blobs)
        before, first = chain.extend(before, blobs), first + len(blobs)
        log.submit(host, received + number, 0, batch, before).result(20)
    log.close()


def rows_of(store):
    sql = f"SELECT {query.SELECT} FROM {schema.TABLE} WHERE log = {{log:UInt64}} ORDER BY offset, sequence"
    found = store.client.query(sql, parameters={"log": store.log})
    names = [name.removesuffix(query._NS) for name in found.column_names]
    return [dict(zip(names, row, strict=True)) for row in found.result_rows]


def test_every_kind_comes_back_equal(paths):
    rng = random.Random(1)
    blobs = [full_event(kind, rng).SerializeToString() for kind in KINDS for _ in range(20)]
    blobs += [Event(time=5).SerializeToString(), b"\x31" + bytes(8)]  # the last: a field that a newer agent sends
    fill_log(paths, [blobs[i : i + 50] for i in range(0, len(blobs), 50)])
    store = Store.open(paths, Counts())
    store.fill(threading.Event())
    rows = rows_of(store)
    assert [query.event_of(row) for row in rows] == [Event.FromString(blob) for blob in blobs]
    assert {row["host"] for row in rows} == {HOST}
    assert {row["epoch"] for row in rows} == {9}


def test_each_event_once_whatever_is_read_again(paths):
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 21)])
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    again = Store.open(paths, counts)
    assert again.cursor == head(paths) == read_cursor(paths, "store")
    again.fill(threading.Event())
    assert [row["sequence"] for row in rows_of(again)] == list(range(1, 21))
    assert counts["events_stored"] == 20


def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(paths):
    good = Event(time=1).SerializeToString()
    fill_log(paths, [[good, b"\xff\xff garbage", good], [b"\xff"], [good]])
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    assert [row["sequence"] for row in rows_of(store)] == [1, 3, 5]
    assert counts["events_poison"] == 2
    assert len(list(paths.poison.glob("*.batch"))) == 2
    assert "sequence 2" in "".join(file.read_text() for file in paths.poison.glob("*.txt"))


def test_a_block_never_spans_two_days_of_arrival(paths):
    day = 86_400_000_000_000
    fill_log(paths, [[Event(time=1).SerializeToString()]] * 2, received=(NOW // day + 1) * day - 1)
    store = Store.open(paths, Counts())
    store.fill(threading.Event())
    sql = f"SELECT uniqExact(_partition_id) FROM {schema.TABLE} WHERE log = {{log:UInt64}}"
    assert store.client.query(sql, parameters={"log": store.log}).result_rows == [(2,)]


def test_old_days_are_dropped(paths):
    fill_log(paths, [[Event(time=1).SerializeToString()]], received=1_000_000_000_000_000_000)  # 2001
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    retain(store.client, Policy(3_650), dt.date(2026, 1, 1), counts)
    assert rows_of(store) == []
    assert counts["partitions_dropped"] == 1


def test_a_log_that_was_trimmed_goes_on_from_its_first(paths):
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 4)])
    log = open_log(paths, segment_bytes=1 << 10)
    log.close()
    store = Store.open(paths, Counts())
    store._skip(Unreadable(0, 2, "log_trimmed", "why"))
    assert read_cursor(paths, "store") == 2
    assert [(hole.consumer, hole.first, hole.next) for hole in holes.listing(paths)] == [("store", 0, 2)]
    store.fill(threading.Event())
    assert store.cursor == head(paths)


def test_a_hole_costs_what_stands_in_it_and_nothing_before(paths):
    log, before = open_log(paths, segment_bytes=1 << 16), chain.START
    for number in range(1, 10):
        command_line = os.urandom(30_000).hex()
        blob = Event(time=number, process_start=ProcessStart(process=Process(command_line=command_line)))
        blob = blob.SerializeToString()
        batch = pack(9, 1, number, before, [blob])
        before = chain.extend(before, [blob])
        log.submit(HOST, NOW, 0, batch, before).result(20)
    log.close()
    damaged = sorted(paths.log_segments.glob("*.log"))[1]
    there = [(entry.position, entry.batch.first) for entry in consume(paths, 0)]
    with damaged.open("r+b") as out:
        out.write(bytes(16))
    store = Store.open(paths, Counts())
    store.fill(threading.Event())
    assert store.cursor == head(paths)
    (hole,) = holes.listing(paths)
    kept = [first for position, first in there if not hole.first <= position < hole.next]
    assert [row["sequence"] for row in rows_of(store)] == kept
    assert 1 in kept
    assert 9 in kept


def test_damage_below_the_head_of_the_last_segment_costs_what_stands_in_it(paths):
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 10)])
    entries = list(consume(paths, 0))
    (file,) = paths.log_segments.glob("*.log")
    spoil(file, file.stat().st_size // 2)
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    assert store.cursor == head(paths) == read_cursor(paths, "store")
    (hole,) = holes.listing(paths)
    kept = [entry.batch.first for entry in entries if not hole.first <= entry.position < hole.next]
    assert [row["sequence"] for row in rows_of(store)] == kept
    assert 7 <= len(kept) < 9
    assert counts["log_damaged"] == 1
    again = Store.open(paths, Counts())
    again.fill(threading.Event())
    assert len(rows_of(again)) == len(kept)


def test_a_record_of_unknown_type_is_set_aside_and_what_follows_is_stored(paths):
    fill_log(paths, [[Event(time=1).SerializeToString()]])
    write_unknown(paths)
    fill_log(paths, [[Event(time=2).SerializeToString()]], epoch=10)
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    assert [row["epoch"] for row in rows_of(store)] == [9, 10]
    assert counts["record_unknown"] == 1
    (hole,) = holes.listing(paths)
    assert (hole.reason, (paths.holes / hole.evidence).read_bytes()) == ("record_unknown", UNKNOWN)


def test_a_store_that_retention_emptied_takes_nothing_again(paths):
    fill_log(paths, [[Event(time=1).SerializeToString()]], received=1_000_000_000_000_000_000)  # 2001
    counts = Counts()
    store = Store.open(paths, counts)
    store.fill(threading.Event())
    retain(store.client, Policy(3_650), dt.date(2026, 1, 1), counts)
    again = Store.open(paths, counts)
    assert again.cursor == head(paths)
    again.fill(threading.Event())
    assert (rows_of(again), counts["events_stored"]) == ([], 1)


def test_the_cursor_is_told_past_what_was_set_aside(paths, monkeypatch):
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 3)])
    store = Store.open(paths, Counts())

    tries = []

    def refuse(*_):
        tries.append(1)
        error = ClickHouseError("Code: 53. type mismatch")
        error.code = 53
        raise error

    monkeypatch.setattr(store.client, "insert_arrow", refuse)
    store.fill(threading.Event())
    assert store.cursor == head(paths) == read_cursor(paths, "store")
    assert len(list(paths.poison.glob("*.batch"))) == 2
    assert len(tries) == 5  # both at once, then each twice


@pytest.mark.parametrize("taken", [False, True])
def test_a_fault_that_passes_costs_no_batch_and_no_event_comes_twice(paths, monkeypatch, taken):
    """The engine blames a batch once, though it may have taken it."""
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 4)])
    counts = Counts()
    store = Store.open(paths, counts)
    insert, calls = store.client.insert_arrow, []

    def moody(name, rows):
        calls.append(rows.num_rows)
        if calls in ([3], [3, 1, 1]):  # the block, then the second batch by itself
            if taken and rows.num_rows == 1:
                insert(name, rows)
            error = ClickHouseError("Code: 349. cannot insert NULL")
            error.code = 349
            raise error
        return insert(name, rows)

    monkeypatch.setattr(store.client, "insert_arrow", moody)
    store.fill(threading.Event())
    assert calls == [3, 1, 1, 1] + ([] if taken else [1])
    assert [row["sequence"] for row in rows_of(store)] == [1, 2, 3]
    assert (counts["events_stored"], counts["events_poison"], counts["batches_tried_again"]) == (3, 0, 1)
    assert not list(paths.poison.iterdir())


@pytest.mark.parametrize("moment", ["before the insert", "after the insert"])
def test_killed_between_insert_and_cursor(paths, moment):
    fill_log(paths, [[Event(time=n).SerializeToString()] for n in range(1, 11)])
    script = f"""
import os, signal, threading
from pathlib import Path
from tramgac_collector.events import store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
opened = store.Store.open(StatePaths(Path({str(paths.root)!r})), Counts())
if {moment!r} == "after the insert":
    store.tell_cursor = die
else:
    type(opened.client).insert_arrow = die
opened.fill(threading.Event())
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = Store.open(paths, Counts())
    store.fill(threading.Event())
    assert [row["sequence"] for row in rows_of(store)] == list(range(1, 11))


def test_the_engine_killed_while_it_is_filled(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    paths.log_id.write_text(os.urandom(8).hex())
    fill_log(paths, [[Event(time=n * 100 + i).SerializeToString() for i in range(100)] for n in range(1, 41)])
    engine = start_engine(paths)
    try:
        store = Store.open(paths, Counts())
        for run_number, entry in enumerate(list(consume(paths, 0))):
            if run_number == 20:
                engine.kill()
                engine.wait()
                break
            store.insert(build(store.log, [entry]))
        engine = start_engine(paths)
        store = Store.open(paths, Counts())
        assert store.cursor == 21  # the snapshot is position 0
        store.fill(threading.Event())
        assert [row["sequence"] for row in rows_of(store)] == list(range(1, 4_001))
        assert not any(rollups.different(store.client, schema.TABLE).values())
    finally:
        engine.terminate()
        engine.wait(20)


@pytest.mark.root
def test_a_full_disk_of_the_event_store_loses_nothing(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", mount], check=True)
    mine = StatePaths(tmp_path / "state")
    mine.make()
    mine.log_id.write_text(os.urandom(8).hex())
    mine.events.rmdir()
    mine.events.symlink_to(mount)
    engine = start_engine(mine)
    try:
        store = Store.open(mine, Counts())
        ballast = mount / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as out:
            while True:
                out.write(bytes(65_536))
        fill_log(mine, [[full_event(kind, random.Random(4)).SerializeToString() for kind in KINDS] * 20] * 20)
        with pytest.raises(ClickHouseError, match=r"(?i)no space left|not.enough.space"):
            store.fill(threading.Event())
        assert store.cursor == 0
        ballast.unlink()
        store.cursor = store.read_cursor()
        store.fill(threading.Event())
        assert store.cursor == head(mine)
        assert len(rows_of(store)) == len(KINDS) * 400
        assert not list(mine.poison.iterdir())
        store.client.close()
    finally:
        engine.terminate()
        engine.wait(20)
        subprocess.run(["umount", "-l", mount], check=True)


def test_what_keeps_it_from_filling_is_counted_and_tried_again(paths, monkeypatch):
    fill_log(paths, [[Event(time=1).SerializeToString()]])
    monkeypatch.setattr(store_role, "RETRY_S", 0.01)
    monkeypatch.setattr(store_role, "LOOK_S", 0.05)
    paths.engine.rename(paths.root / "away")  # no engine yet
    stop, counts = threading.Event(), Counts()
    with Bell(paths.run, "store") as bell:
        thread = threading.Thread(target=store_role.fill_until, args=(stop, paths, settings(), counts, bell))
        thread.start()
        try:
            wait_until(lambda: counts["engine_errors"] > 1)
            assert counts["disk_errors"] == 0
            cursor = paths.cursor("store")
            cursor.mkdir()  # a disk that does not give where it had come to
            (paths.root / "away").rename(paths.engine)
            wait_until(lambda: counts["disk_errors"] > 1)
            cursor.rmdir()
            wait_until(lambda: read_cursor(paths, "store") == head(paths))
        finally:
            stop.set()
            thread.join(20)


def wait_until(done):
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_role_waits_for_the_engine_and_fills(engine_paths, tmp_path):
    paths = StatePaths(tmp_path)
    initialise.initialise(paths, settings())
    fill_log(paths, [[Event(time=1).SerializeToString()]])
    command = [sys.executable, "-m", "tramgac_collector.main", "store", "--state", str(paths.root)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        paths.engine.symlink_to(engine_paths.engine)  # it comes later than the role
        deadline = time.monotonic() + 60
        while read_cursor(paths, "store") < head(paths):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert paths.ready("store").exists()
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert not paths.ready("store").exists()
    client = connect(engine_paths)
    sql = f"SELECT count() FROM {schema.TABLE} WHERE log = {{log:UInt64}}"
    assert client.query(sql, parameters={"log": log_number(paths)}).result_rows == [(1,)]
    client.close()
