import hashlib

import pytest
from sqlalchemy import select
from tramgac_collector import database, samples
from tramgac_collector.judging import scanning_again, writing
from tramgac_collector.judging.detect import examine
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.scanning import Scans
from tramgac_collector.judging.scanning_again import ScanAgainThread, ScansAgain
from tramgac_collector.schema import AuditRow

from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of, arrive, publish, start, write

FILES = [b"#!/bin/sh\necho BADNESS %d\n" % number for number in range(20)]
HASHES = [hashlib.sha256(file).digest() for file in FILES]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(scanning_again, "PAUSE_S", 0)


@pytest.fixture
def in_force(store, state, author, feed):
    """Twenty samples that were scanned with one rule, sighted on a host; then another rule is in force."""
    author.yara("BADNESS")
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    made = InForce(state, store)
    made.begin()
    made.refresh(NOW)
    see(store, feed, made, *(write(f"/tmp/{number}", digest) for number, digest in enumerate(HASHES)))
    for file in FILES:
        arrive(store, state, file)
    scans = Scans(state, store, made, clock=lambda: NOW)
    assert scans.look() == 20
    scans.close()
    assert len(alerts_of(store)) == 20
    author.yara("echo", name="second")
    publish(store, state, author.sign())
    made.refresh(NOW)
    return made


@pytest.fixture
def again(store, state, in_force):
    made = ScansAgain(state, store, in_force, clock=lambda: NOW)
    yield made
    made.close()


def see(store, feed, in_force, *events, host=HOST):
    found = examine(feed.entry(events, host=host), in_force.rules, "linux")
    with database.session(store) as s:
        writing.write(s, found, in_force.rules.yara, writing.Written(), NOW)


def standing(store):
    with database.reading(store) as s:
        return samples.standing(s)


def told(store):
    with database.reading(store) as s:
        return [action for action in s.scalars(select(AuditRow.action).order_by(AuditRow.id)) if "yara" in action]


def rules_of(store):
    return sorted(alert.rule_id for alert in alerts_of(store))


def test_other_rules_scan_again_and_only_what_is_new_alerts(store, again):
    assert again.look() == 20
    assert rules_of(store) == ["yara:bad_script"] * 20 + ["yara:second"] * 20
    assert told(store) == [samples.SCAN_AGAIN, samples.SCANNED_AGAIN]
    assert again.look() == 0
    assert told(store) == [samples.SCAN_AGAIN, samples.SCANNED_AGAIN]


def test_it_goes_on_after_a_restart_and_tells_how_far_it_is(store, state, in_force, again):
    left = [8]

    def stopping():
        left[0] -= 1
        return left[0] < 0

    again.stopping = stopping
    assert again.look() == 8
    assert standing(store) == {"samples": 20, "waiting": 0, "again": 12}
    assert rules_of(store).count("yara:second") == 8
    another = ScansAgain(state, store, in_force, clock=lambda: NOW)
    assert another.look() == 12
    another.close()
    assert standing(store)["again"] == 0
    assert rules_of(store).count("yara:second") == 20
    assert told(store) == [samples.SCAN_AGAIN, samples.SCANNED_AGAIN]


def test_rules_that_change_meanwhile_are_begun_with_anew(store, state, author, in_force, again, monkeypatch):
    real, scanned = scanning_again.Table.scan, []

    def scan(table, sha256, yara):
        scanned.append(sha256)
        if len(scanned) == 5:
            author.yara("sh", name="third")
            publish(store, state, author.sign())
            in_force.refresh(NOW)
        return real(table, sha256, yara)

    monkeypatch.setattr(scanning_again.Table, "scan", scan)
    assert again.look() == 5
    assert again.look() == 20
    assert rules_of(store) == sorted(["yara:bad_script"] * 20 + ["yara:second"] * 20 + ["yara:third"] * 20)
    assert told(store) == [samples.SCAN_AGAIN, samples.SCAN_AGAIN, samples.SCANNED_AGAIN]


def test_a_hash_that_turned_out_bad_alerts_on_a_later_host_at_once(store, feed, in_force, again):
    again.look()
    see(store, feed, in_force, start("sh x", sha256=HASHES[0]), host=OTHER)
    assert sorted(alert.rule_id for alert in alerts_of(store) if alert.host == OTHER) == [
        "yara:bad_script",
        "yara:second",
    ]


def test_rules_of_before_that_come_back_leave_nothing_open(store, state, author, in_force, again):
    again.stopping = lambda: True
    assert again.look() == 0
    assert told(store) == [samples.SCAN_AGAIN]
    (author.rules / "second.yar").unlink()
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    again.stopping = lambda: False
    assert again.look() == 0
    assert told(store) == [samples.SCAN_AGAIN, samples.SCANNED_AGAIN]
    assert standing(store)["again"] == 0


def test_the_thread_stops_between_two_samples(store, state, in_force):
    thread = ScanAgainThread(state, store, in_force)
    thread.start()
    thread.wake()
    while thread.counts["scans"] < 2:
        thread.join(0.01)
    thread.stop()
    assert not thread.is_alive()
    assert thread.counts["scans"] <= 20
