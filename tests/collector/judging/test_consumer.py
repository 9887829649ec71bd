import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from tramgac_collector import bell, database, hosts, ingest, outbox, rule_counts
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging import gap_reasons, writing
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.schema import CursorRow, SetAsideRow

from tests.collector.control_store import DATABASES
from tests.collector.judging.conftest import sequences, started
from tests.collector.judging.crashes import crashing
from tests.collector.judging.feed import HOST, NOW, OTHER, alerts_of, arrive, publish, start


def test_events_become_alerts_with_their_latency(ready, state, feed):
    feed.send(start("ls"), start("evil"))
    with bell.Bell(state.run, "api") as api:
        judge = started(ready, state)
        assert judge.drain() == 1
        assert api.hush()
    assert (judge.counts["events"], judge.counts["alerts"]) == (2, 1)
    alert = alerts_of(ready)[0]
    assert (alert.hostname, alert.summary, alert.created - alert.time) == ("pc-0", "evil", 700_000_000)
    assert ingest.read_cursor(state, "judge") == judge.position == ingest.head(state)
    with database.reading(ready) as s:
        assert [row.topic for row in outbox.after(s, 0)][-1] == "alert"


def test_values_that_rules_see_the_beginning_of_are_counted(ready, state, feed):
    feed.send(start("ls"), start("x" * 40_000 + "evil"))
    judge = started(ready, state)
    assert judge.drain() == 1
    assert (judge.counts["alerts"], judge.counts["long_values"]) == (0, 1)


def test_nothing_is_judged_twice(ready, state, feed):
    feed.send(start("evil"))
    assert started(ready, state).drain() == 1
    assert started(ready, state).drain() == 0
    feed.send(start("evil"), host=OTHER)
    assert started(ready, state).drain() == 1
    assert len(alerts_of(ready)) == 2


def test_a_crash_at_any_statement_loses_and_doubles_nothing(ready, state, feed, monkeypatch):
    """As kill -9 between any two statements: the transaction is gone, the next judge goes on from the cursor."""
    monkeypatch.setattr(consuming, "ENTRIES", 2)
    for number in range(5):
        feed.send(start(f"evil {number}", sha256=struct.pack("32s", b"%d" % number)), start("ls"))

    crashes = crashing(ready, range(3, 400, 3), lambda: started(ready, state).drain())
    assert crashes > 3
    assert started(ready, state).drain() == 0
    assert sequences(ready) == [1, 3, 5, 7, 9]
    with database.reading(ready) as s:
        raised = [row for row in outbox.after(s, 0) if row.topic == "alert"]
    assert len(raised) == 5


def test_a_batch_that_cannot_be_written_is_set_aside_after_two_failures(ready, state, feed, monkeypatch):
    for number in range(3):
        feed.send(start(f"evil {number}"))
    tries = []
    real = writing.write

    def write(s, found, *rest):
        if found.entry.batch.first == 2:
            tries.append(1)
            raise ValueError("poison")
        return real(s, found, *rest)

    monkeypatch.setattr(writing, "write", write)
    judge = started(ready, state)
    assert judge.drain() == 3
    assert len(tries) == 2
    assert sequences(ready) == [1, 3]
    assert judge.counts["set_aside"] == 1
    with database.reading(ready) as s:
        row = s.scalars(select(SetAsideRow)).one()
        assert (row.host, row.reason) == (HOST, "ValueError: poison")
    assert [path.suffix for path in sorted(state.poison.iterdir())] == [".batch", ".txt"]
    assert started(ready, state).drain() == 0


def test_events_that_cannot_be_read_are_kept_aside_and_the_rest_judged(ready, state, feed):
    feed.send(start("evil"), b"\xff\xff", start("evil"))
    judge = started(ready, state)
    judge.drain()
    assert sequences(ready) == [1, 3]
    assert judge.counts["set_aside"] == 1
    assert len(list(state.poison.glob("judge-*.batch"))) == 1


def test_a_database_that_is_away_is_no_poison(ready, state, feed, monkeypatch):
    feed.send(start("evil"))
    judge = started(ready, state)
    real = writing.write

    def write(*_args):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(writing, "write", write)
    for _ in range(3):
        with pytest.raises(OperationalError):
            judge.drain()
    judge.lost()
    monkeypatch.setattr(writing, "write", real)
    assert judge.drain() == 1
    assert (judge.counts["set_aside"], sequences(ready)) == (0, [1])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # it can be told to be full
def test_a_full_disk_of_the_control_store_loses_no_alert(ready, state, feed):
    for number in range(40):
        feed.send(start("evil " + "x" * 20_000, pid=number))

    def full(connection, *_):
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are

    event.listen(ready, "checkout", full)
    judge = started(ready, state)
    with pytest.raises(OperationalError, match="disk is full"):
        judge.drain()
    judge.lost()
    event.remove(ready, "checkout", full)
    event.listen(ready, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count = 1073741823"))
    assert judge.drain() == 40
    assert (judge.counts["set_aside"], sequences(ready)) == (0, list(range(1, 41)))


def test_a_second_judge_by_mistake_judges_nothing_twice(ready, state, feed):
    first, second = started(ready, state), started(ready, state)
    feed.send(start("evil"))
    first.drain()
    with pytest.raises(OSError, match="another judge"):
        second.drain()
    second.lost()
    assert second.drain() == 0
    assert len(alerts_of(ready)) == 1


@pytest.mark.parametrize("struck", [False, True])
def test_a_gap_survives_a_store_that_was_away(ready, state, feed, struck):
    """The batch in the log says it: as long as that was not worked on, the gap is still to be written."""
    feed.send(start("ls"))
    feed.skip(5)
    feed.send(start("ls"))
    judge = started(ready, state)

    def strike(*_args):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    if struck:
        event.listen(ready, "before_cursor_execute", strike)
        with pytest.raises(OperationalError):
            judge.drain()
        event.remove(ready, "before_cursor_execute", strike)
        judge.lost()
    judge.drain()
    with database.reading(ready) as s:
        (gap,) = hosts.get(s, HOST)["completeness"]["gaps"]
    assert (gap["first"], gap["count"], gap["reason"]) == (2, 5, gap_reasons.GIVEN_UP)


def test_a_rule_push_changes_what_is_detected_without_a_restart(ready, state, feed, author):
    judge = started(ready, state)
    feed.send(start("worse"))
    judge.drain()
    author.sigma("worse", number=2)
    publish(ready, state, author.sign())
    judge.in_force.refresh(NOW)
    feed.send(start("worse"))
    judge.drain()
    assert sequences(ready) == [2], "a push never judges what was"


def test_rules_of_the_host_s_system_only(ready, state, feed):
    from tramgac_collector.schema import HostRow

    with database.session(ready) as s:
        s.get_one(HostRow, OTHER).os_type = "windows"
    feed.send(start("evil"), host=OTHER)
    feed.send(start("evil"), host=HOST)
    feed.send(start("evil"), host="c3" * 16)
    started(ready, state).drain()
    assert [alert.host for alert in alerts_of(ready)] == [HOST]


def test_what_is_known_is_remembered_within_bounds(ready, state, feed, monkeypatch):
    monkeypatch.setattr(consuming, "KNOWN", 3)
    feed.send(*[start("ls", sha256=struct.pack("32s", b"%d" % number)) for number in range(9)])
    judge = started(ready, state)
    judge.drain()
    assert len(judge._known) == 3


def test_counts_of_rules_that_are_too_many_are_given_up_and_that_is_counted(ready, state, monkeypatch):
    monkeypatch.setattr(consuming.rule_counts.trim, "__defaults__", (2,))
    with database.session(ready) as s:
        rule_counts.add(s, Counter({("r", NOW - day * DAY, HOST): 1 for day in range(5)}), NOW)
    judge = started(ready, state)
    judge.tidy()
    assert judge.counts["rule_counts_given_up"] == 3


def test_what_was_told_long_ago_is_forgotten(ready, state, feed):
    feed.send(start("evil"))
    judge = started(ready, state)
    judge.drain()
    with database.session(ready) as s:
        outbox.add(s, "host", {}, NOW - 2 * consuming.KEEP_OUTBOX)
    judge.tidy()
    with database.session(ready) as s:
        told = [row.topic for row in outbox.after(s, 0)]
        assert told == ["content", "alert"]
        outbox.add(s, "host", {}, NOW - 2 * consuming.KEEP_OUTBOX)
    judge.tidy()
    with database.reading(ready) as s:
        assert len(outbox.after(s, 0)) == 3, "not each time"


def test_much_that_was_told_long_ago_is_forgotten_bit_by_bit(ready, state, monkeypatch):
    monkeypatch.setattr(outbox, "TRIMMED", 2)
    with database.session(ready) as s:
        outbox.add_many(s, "host", [{}] * 5, NOW - 2 * consuming.KEEP_OUTBOX)
        outbox.add(s, "host", {}, NOW)
    judge, left = started(ready, state), []
    for _ in range(4):
        judge.tidy()
        with database.reading(ready) as s:
            left.append(sum(row.created < NOW for row in outbox.after(s, 0)))
    assert [count - left[-1] for count in left] == [3, 1, 0, 0]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # where the process looks for it
def test_it_ends_well_after_an_alert_and_a_scan_that_hit(ready, state, feed, author):
    """Both count under the same names, and the last words tell of both."""
    author.yara("BADNESS")
    publish(ready, state, author.sign())
    data = b"#!/bin/sh\necho BADNESS\n"
    feed.send(start("evil"), start("sh x", sha256=hashlib.sha256(data).digest()))
    process = spawn(state)
    wait_until(lambda: len(alerts_of(ready)) == 1, process, "it had judged")
    arrive(ready, state, data)
    bell.ring(state.run, "judge")
    wait_until(lambda: len(alerts_of(ready)) == 2, process, "it had scanned")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    last = json.loads(state.role_log("judge").read_text().splitlines()[-1])
    assert (last["event"], last["counts"]["alerts"], last["scans"]["alerts"]) == ("the judge ends", 1, 1)


def spawn(state, role="judge"):
    (state.root / "collector.toml").touch()
    state.ready(role).unlink(missing_ok=True)
    command = [sys.executable, "-m", "tramgac_collector.main", role, "--state", str(state.root)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def wait_until(true, process, what):
    deadline = time.monotonic() + 60
    while not true():
        assert process.poll() is None, f"the judge ended before {what}"
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def _kill_rounds(ready, state, feed, kills, batches):
    sent, total = 0, kills * batches
    for _ in range(kills):
        process = spawn(state)
        wait_until(state.ready("judge").exists, process, "it was ready")
        at = ingest.read_cursor(state, "judge")
        for _ in range(batches):
            feed.send(*[start(f"evil {sent}"), *[start("ls")] * 20])
            sent += 1
        bell.ring(state.run, "judge")
        wait_until(lambda at=at: ingest.read_cursor(state, "judge") > at, process, "it had begun")
        process.kill()
        process.wait(10)
    process = spawn(state)
    wait_until(state.ready("judge").exists, process, "it was ready")
    wait_until(lambda: ingest.read_cursor(state, "judge") == ingest.head(state), process, "it caught up")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    with database.reading(ready) as s:
        raised = [row.payload["id"] for row in outbox.after(s, 0, 100_000) if row.topic == "alert"]
        assert s.get_one(CursorRow, "judge").position == ingest.head(state)
    assert len(raised) == len(set(raised)) == total
    assert sequences(ready) == list(range(1, 21 * total, 21))


@pytest.mark.parametrize(
    ("store_url", "kills"),
    [("sqlite", 1), *[pytest.param(name, 10, marks=pytest.mark.slow) for name in DATABASES]],
    indirect=["store_url"],
)
def test_killed_while_it_works_it_loses_and_doubles_nothing(ready, state, feed, kills):
    if ready.dialect.name != "sqlite":
        ready.dispose()
        os.environ["TRAMGAC_COLLECTOR_DATABASE_URL"] = ready.url.render_as_string(hide_password=False)
    try:
        _kill_rounds(ready, state, feed, kills, 40)
    finally:
        os.environ.pop("TRAMGAC_COLLECTOR_DATABASE_URL", None)
