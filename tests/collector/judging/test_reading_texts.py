import signal

import pytest
from tramgac_collector import database, ingest
from tramgac_collector.judging import reading_texts
from tramgac_collector.judging import texts as texts_of_events
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.reading_texts import Texts, TextThread
from tramgac_collector.schema import CursorRow
from tramgac_scan.client import Limits, Scanner, ScanResult

from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of, publish, start
from tests.collector.judging.test_consumer import spawn, wait_until
from tests.collector.judging.test_texts import script

RUNAWAY = "rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a }"
WILD = "ab" * 20_000
HOUR = reading_texts.HOUR


@pytest.fixture
def in_force(store, state, author):
    author.yara("BADNESS")
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    made = InForce(state, store)
    made.begin()
    made.refresh(NOW)
    return made


@pytest.fixture
def texts(store, state, in_force):
    made = Texts(state, store, in_force, clock=lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def started(texts, feed):
    """A reader that stands at the log's end."""
    texts.look()
    return texts


def cursor(store):
    with database.reading(store) as s:
        return s.get_one(CursorRow, reading_texts.NAME).position


def found(store):
    return [(alert.host, alert.events[0]["id"]["sequence"]) for alert in alerts_of(store)]


def test_a_command_line_and_a_script_block_with_a_hit_are_alerts(store, state, started, feed):
    feed.send(start("ls"), start("echo BADNESS"), script("Write BADNESS; BADNESS"))
    assert started.look() == 3
    one, two = alerts_of(store)
    assert {one.rule_id, two.rule_id} == {"yara:bad_script"}
    whys = {alert.why[0]["field"]: alert.why[0] for alert in (one, two)}
    assert whys["CommandLine"]["spans"] == [[5, 12]]
    assert whys["ScriptBlockText"]["spans"] == [[6, 13], [15, 22]]
    assert whys["CommandLine"]["value"] == "echo BADNESS"
    assert cursor(store) == started.position == ingest.head(state)


def test_each_distinct_text_is_scanned_once_and_each_event_with_a_hit_is_a_detection(store, started, feed):
    feed.send(*(start(f"echo {number % 3} BADNESS") for number in range(30)))
    assert started.look() == 3
    feed.send(start("echo 0 BADNESS"), start("echo"), host=OTHER)
    assert started.look() == 1
    assert len(found(store)) == 31
    assert found(store).count((OTHER, 1)) == 1


def test_what_came_before_the_first_start_is_history(store, texts, feed):
    feed.send(start("echo BADNESS"))
    assert texts.look() == 0
    assert found(store) == []


def test_without_rules_for_content_it_passes_by(store, state, author, feed):
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    in_force = InForce(state, store)
    in_force.begin()
    in_force.refresh(NOW)
    texts = Texts(state, store, in_force, clock=lambda: NOW)
    texts.look()
    feed.send(start("echo BADNESS"))
    assert texts.look() == 0
    assert texts.position == ingest.head(state)
    author.yara("BADNESS")
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    feed.send(start("echo BADNESS"))
    assert texts.look() == 1
    texts.close()
    assert found(store) == [(HOST, 2)], "new rules judge no history again"


def test_a_crash_at_any_place_loses_and_doubles_nothing(store, state, in_force, started, feed, monkeypatch):
    monkeypatch.setattr(reading_texts, "ENTRIES", 2)
    for number in range(6):
        feed.send(start(f"echo {number} BADNESS"), start("ls"))

    class Crash(BaseException):
        pass

    real, left = Texts._move, [0]

    def move(self, row, position):
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        real(self, row, position)

    monkeypatch.setattr(Texts, "_move", move)
    crashes = 0
    for at in range(1, 5):
        left[0] = at
        reader = Texts(state, store, in_force, clock=lambda: NOW)
        try:
            reader.look()
        except Crash:
            crashes += 1
        reader.close()
    assert crashes >= 2
    assert sorted(found(store)) == [(HOST, sequence) for sequence in range(1, 13, 2)]
    assert cursor(store) == ingest.head(state)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # where the process looks for it
@pytest.mark.slow
def test_a_judge_that_is_killed_goes_on_where_it_was(store, state, started, feed):
    """As `kill -9` has it, three times, at whatever place."""
    total = 0
    for round_ in range(3):
        process = spawn(state)
        wait_until(state.ready("judge").exists, process, "it was ready")
        for number in range(40):
            feed.send(start(f"echo {round_} {number} BADNESS"), start("ls"))
        total += 40
        before = len(found(store))
        wait_until(lambda before=before: len(found(store)) > before, process, "it had found some")
        process.kill()
        process.wait()
    process = spawn(state)
    wait_until(lambda: len(found(store)) >= total, process, "it had found all")
    process.terminate()
    assert process.wait(30) in {0, -signal.SIGTERM}  # it may not listen yet: the one before had found all
    assert sorted(found(store)) == [(HOST, sequence) for sequence in range(1, 2 * total, 2)]


def test_other_rules_look_at_texts_anew(store, state, author, in_force, started, feed):
    feed.send(start("echo second"))
    assert started.look() == 1
    author.yara("second", name="second")
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    feed.send(start("echo second"))
    assert started.look() == 1
    assert [alert.rule_id for alert in alerts_of(store)] == ["yara:second"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_a_text_that_a_rule_runs_away_on_stops_no_other(store, state, author, in_force, feed, monkeypatch):
    monkeypatch.setattr(reading_texts, "LIMITS", Limits(seconds=1, grace=0.2))
    (author.rules / "runaway.yar").write_text(RUNAWAY)
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    texts = Texts(state, store, in_force, clock=lambda: NOW)
    texts.look()
    feed.send(start("echo 1 BADNESS"), start(WILD), start("echo 2 BADNESS"))
    assert texts.look() == 3
    assert texts.counts["texts_refused"] == 1
    assert sorted(found(store)) == [(HOST, 1), (HOST, 3)]
    feed.send(start(WILD))
    assert texts.look() == 0, "it is not tried again"
    texts.close()


def test_a_host_that_brings_one_after_another_is_passed_over_for_the_hour(store, started, feed, monkeypatch):
    def scan_texts(_self, texts, _keys):
        return [ScanResult(refused="timeout" if text.startswith("wild") else "") for text in texts]

    monkeypatch.setattr(Scanner, "scan_texts", scan_texts)
    for number in range(6):
        feed.send(start(f"wild {number}"))
        feed.send(start(f"tame {number}"), host=OTHER)
        started.look()
    assert started.counts["texts_refused"] == reading_texts.STRIKES
    assert started.counts["texts_passed_over"] == 3
    assert started.counts["texts"] == 9
    started.clock = lambda: NOW + HOUR
    feed.send(start("wild again"))
    assert started.look() == 1
    assert list(started._strikes) == [(HOST, (NOW + HOUR) // HOUR)]


def test_a_text_that_is_cut_is_counted(store, started, feed):
    feed.send(start("BADNESS" + "x" * texts_of_events.MOST), start("echo"))
    assert started.look() == 2
    assert started.counts["texts_cut"] == 1
    assert len(found(store)) == 1


def test_what_cannot_be_read_is_counted_and_passed(store, started, feed):
    feed.send(b"\xff\xff", start("echo BADNESS"))
    assert started.look() == 1
    assert started.counts["texts_unreadable"] == 1
    assert len(found(store)) == 1


def test_a_batch_that_cannot_be_unpacked_is_counted_and_passed(store, started, feed):
    entry = feed.entry([start("echo BADNESS")])
    entry.batch.events = b"garbage"
    feed.log.submit(HOST, entry.received, 0, entry.batch, entry.chain).result(10)
    feed.send(start("echo BADNESS"))
    assert started.look() == 1
    assert started.counts["texts_unreadable"] == 1
    assert found(store) == [(HOST, 2)]


def test_a_hole_in_the_log_is_passed(store, state, started, feed, monkeypatch):
    from tramgac_collector.errors import Unreadable

    feed.send(start("echo 1 BADNESS"))
    feed.send(start("echo 2 BADNESS"))
    real, met = ingest.consume, []

    def consume(paths, position, **more):
        if not met:
            met.append(position)
            raise Unreadable(position, position + 1, "log_damaged", "torn")
        return real(paths, position, **more)

    monkeypatch.setattr(reading_texts.ingest, "consume", consume)
    started.look()
    assert started.counts["texts_holes"] == 1
    assert found(store) == [(HOST, 2)]


def test_a_second_reader_is_noticed(store, state, in_force, started, feed):
    other = Texts(state, store, in_force, clock=lambda: NOW)
    other.look()
    feed.send(start("echo BADNESS"))
    started.look()
    feed.send(start("echo"))
    with pytest.raises(OSError, match="another judge"):
        other._write([], ingest.head(state))
    other.close()


def test_the_thread_looks_when_woken(store, state, in_force, feed):
    thread = TextThread(state, store, in_force)
    thread._look()
    feed.send(start("echo BADNESS"))
    thread.start()
    thread.wake()
    while thread.counts["alerts"] < 1:
        thread.join(0.01)
    thread.stop()
    assert not thread.is_alive()
