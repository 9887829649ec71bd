import hashlib

import pytest
import structlog
from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.judging import beside, writing
from tramgac_collector.judging.detect import examine
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.scanning import Scans, ScanThread, record
from tramgac_collector.schema import SampleRow
from tramgac_collector.vault import Vault
from tramgac_scan.client import Limits, ScanResult

from tests.collector.authored import Author
from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, alerts_of, arrive, publish, start, write

BAD = b"#!/bin/sh\necho this is BADNESS\n"
SHA = hashlib.sha256(BAD)
# Runs on for minutes in spite of YARA's own timeout.
RUNAWAY = "rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a }"


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.sigma("evil")
    made.yara("BADNESS")
    return made


@pytest.fixture
def in_force(store, state, author):
    """Content with one YARA rule, in force, and two hosts."""
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    made = InForce(state, store)
    made.begin()
    made.refresh(NOW)
    return made


@pytest.fixture
def scans(store, state, in_force):
    made = Scans(state, store, in_force, clock=lambda: NOW + 1_500_000_000)
    yield made
    made.close()


@pytest.fixture
def feed(state):
    made = Feed(state)
    yield made
    made.log.close()


def see(store, feed, in_force, *events, host=HOST):
    found = examine(feed.entry(events, host=host), in_force.rules, "linux")
    with database.session(store) as s:
        writing.write(s, found, in_force.rules.yara, writing.Written(), NOW)


def states(store):
    with database.reading(store) as s:
        return [(row.state, len(row.hits)) for row in s.scalars(select(SampleRow).order_by(SampleRow.sha256))]


def test_a_hit_is_an_alert_on_every_host_that_has_the_file(store, state, feed, in_force, scans):
    see(store, feed, in_force, write("/tmp/x", SHA.digest()), start("sh /tmp/x", sha256=SHA.digest()))
    see(store, feed, in_force, write("/home/x", SHA.digest()), host=OTHER)
    arrive(store, state, BAD)
    assert scans.look() == 1
    found = {alert.host: alert for alert in alerts_of(store)}
    assert set(found) == {HOST, OTHER}
    alert = found[HOST]
    assert (alert.rule_id, alert.level, alert.title, alert.tags[1]) == (
        "yara:bad_script",
        "critical",
        "Bad script",
        "attack.t1059.004",
    )
    assert {event["kind"] for event in alert.events} == {"file_write", "process_start"}
    assert alert.why[0]["value"] == f"7 bytes at offset {BAD.index(b'BADNESS')}"
    assert alert.created - alert.time == 1_500_000_000
    assert scans.look() == 0


def test_a_later_host_is_alerted_at_once_and_nobody_twice(store, state, feed, in_force, scans):
    see(store, feed, in_force, write("/tmp/x", SHA.digest()))
    arrive(store, state, BAD)
    scans.look()
    see(store, feed, in_force, write("/home/x", SHA.digest()), host=OTHER)
    assert [alert.host for alert in alerts_of(store)].count(OTHER) == 1
    assert len(alerts_of(store)) == 2


def test_a_clean_file_is_no_alert(store, state, feed, in_force, scans):
    arrive(store, state, b"nothing to see")
    assert scans.look() == 1
    assert alerts_of(store) == []
    assert states(store) == [("scanned", 0)]


def test_a_scan_that_is_refused_forgets_nothing(store, state, author, feed, in_force, scans, monkeypatch):
    sha256 = arrive(store, state, BAD)
    scans.look()
    rules = in_force.rules
    with database.session(store) as s:
        record(s, sha256, "other", ScanResult(refused="timeout"), rules, NOW)
        row = s.get_one(SampleRow, sha256)
        assert ([hit["rule"] for hit in row.hits], row.reason, row.scanned_with) == (["bad_script"], "timeout", "other")
    see(store, feed, in_force, write("/home/x", SHA.digest()), host=OTHER)
    assert [alert.host for alert in alerts_of(store)] == [OTHER]


def test_a_damaged_sample_is_asked_for_again(store, state, in_force, scans):
    sha256 = arrive(store, state, BAD)
    Vault(state.samples).path(sha256).write_bytes(b"damaged")
    assert scans.look() == 1
    assert states(store) == [("wanted", 0)]
    assert scans.counts["samples_lost"] == 1


def test_a_scan_that_is_refused_is_told(store, state, in_force, scans, monkeypatch):
    from tramgac_scan.client import Scanner

    arrive(store, state, BAD)
    monkeypatch.setattr(Scanner, "scan", lambda *_args, **_more: ScanResult(refused="timeout"))
    scans.look()
    with database.reading(store) as s:
        row = s.scalars(select(SampleRow)).one()
        assert (row.state, row.reason, row.hits) == ("scanned", "timeout", [])
    assert (scans.counts["scans_refused"], scans.counts["scans_in_parts"]) == (1, 0)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_rule_that_runs_away_stops_no_other_sample(store, state, author, in_force, scans):
    scans._table.limits = Limits(seconds=1, grace=0.2)
    (author.rules / "runaway.yar").write_text(RUNAWAY)
    publish(store, state, author.sign())
    assert in_force.refresh(NOW)
    wild = arrive(store, state, b"#!BADNESS" + b"ab" * 20_000)
    arrive(store, state, BAD)
    with structlog.testing.capture_logs() as said:
        assert scans.look() == 2
        assert scans.look() == 0
    assert (scans.counts["scans_refused"], scans.counts["scans_in_parts"]) == (1, 1)
    (warning,) = [line for line in said if line["event"].startswith("a sample was not scanned")]
    assert (warning["sha256"], warning["reason"], warning["spared"]) == (wild, "timeout", ("runaway.yar",))
    assert "not looked at again with these rules; look for a rule" in warning["why"]
    with database.reading(store) as s:
        told = {row.sha256: (row.state, row.reason, len(row.hits)) for row in s.scalars(select(SampleRow))}
    assert told == {wild: ("scanned", "timeout: runaway.yar", 1), SHA.hexdigest(): ("scanned", "", 1)}


def test_without_yara_rules_nothing_is_scanned(store, state):
    arrive(store, state, BAD)
    scans = Scans(state, store, InForce(state, store))
    assert scans.look() == 0
    assert states(store) == [("received", 0)]


def test_the_thread_looks_when_woken_and_survives_failures(store, state, in_force, monkeypatch):
    tries = []

    def look(_self):
        tries.append(1)
        raise OSError("the disk is away")

    monkeypatch.setattr(Scans, "look", look)
    monkeypatch.setattr(beside, "SLOW_LOOK_S", 0.01)
    thread = ScanThread(state, store, in_force)
    thread.start()
    thread.wake()
    while len(tries) < 3:
        thread.join(0.01)
    thread.stop()
    assert not thread.is_alive()
    assert thread.counts["scan_failures"] >= 3
