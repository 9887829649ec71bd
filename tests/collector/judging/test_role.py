"""What the judge has counted is in its log while it runs; that the role works: test_consumer.py."""

import json
from collections import Counter
from types import SimpleNamespace

import pytest
import structlog
from tramgac_collector import bell, database, ingest, judges, outbox, rule_costs, tallies
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging import role
from tramgac_collector.judging.abreast import Abreast
from tramgac_collector.judging.role import Accounts

from tests.collector.judging.conftest import sequences, started
from tests.collector.judging.feed import HOST, OTHER, alerts_of, publish, start
from tests.collector.judging.test_consumer import spawn, wait_until


def test_counts_are_logged_each_minute_and_not_more_often(ready, state, feed):
    now = [0.0]
    judge = started(ready, state)
    accounts = Accounts(judge, {"scans": SimpleNamespace(counts=Counter(given_up=3))}, lambda: now[0])
    feed.send(start("evil"))
    judge.drain()
    with structlog.testing.capture_logs() as logs:
        for seconds in range(0, 180, 5):
            now[0] = float(seconds)
            accounts.tell()
    tally = tallies.read(state, "judge")
    assert (tally.counters["events"], tally.counters["given_up"], tally.gauges["cursor"]) == (1, 3, judge.position)
    told = [entry for entry in logs if entry["event"] == "counts"]
    assert len(told) == 2
    costs = rule_costs.read(state)
    assert (costs["as_of"], costs["events"], [row["matches"] for row in costs["items"]]) == (judge.clock(), 1, [1])
    assert (told[0]["counts"]["alerts"], told[0]["scans"], told[0]["position"]) == (1, {"given_up": 3}, judge.position)


def test_rules_that_are_pushed_wait_for_no_backlog(ready, state, feed, author, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 1)
    monkeypatch.setattr(role, "CHORES_EVERY_S", 0.0)
    for number in range(4):
        feed.send(start(f"mean {number}"))
    judge = started(ready, state)
    role._once(judge, judge.in_force, None, Abreast(judge), chores=True)
    assert (judge.counts["batches"], judge.behind) == (1, True)
    author.sigma("mean")
    publish(ready, state, author.sign())
    while judge.behind:
        role._once(judge, judge.in_force, None, Abreast(judge), chores=True)
    assert sequences(ready) == [2, 3, 4]


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # where the processes look for it
def test_two_processes_take_the_place_of_one_and_share_its_hosts(ready, state, feed, monkeypatch):
    """Killed while they work, each once, they lose and double nothing."""
    monkeypatch.setenv("TRAMGAC_COLLECTOR_JUDGES", "2")
    for number in range(30):
        feed.send(start(f"evil {number}"), host=(HOST, OTHER)[number % 2])
    started(ready, state).drain()
    for number in range(30):
        feed.send(start(f"evil {number}"), host=(HOST, OTHER)[number % 2])
    two = {name: spawn(state, name) for name in judges.roles(2)}
    for name, process in list(two.items()):
        wait_until(state.ready(name).exists, process, "it was ready")
        process.kill()
        process.wait(10)
        two[name] = spawn(state, name)
    for number in range(30):
        feed.send(start(f"evil {number}"), host=(HOST, OTHER)[number % 2])
    end = ingest.head(state)
    for name, process in two.items():
        wait_until(lambda name=name: ingest.read_cursor(state, name) == end, process, "it had judged all")
        process.terminate()
    assert [process.wait(30) for process in two.values()] == [0, 0]
    with database.reading(ready) as s:
        raised = [row.payload["id"] for row in outbox.after(s, 0, 1_000) if row.topic == "alert"]
    assert len(raised) == len(set(raised)) == 60, "the first thirty are of a clock long ago, and tidied"
    assert len(alerts_of(ready)) == 90
    told = [json.loads(state.role_log(name).read_text().splitlines()[-1])["event"] for name in judges.roles(2)]
    assert told == ["the judge ends"] * 2


def test_rings_that_come_together_are_one_look(tmp_path, monkeypatch):
    paused = []

    def pause(seconds):
        paused.append(seconds)
        bell.ring(tmp_path, "judge")  # another comes meanwhile

    monkeypatch.setattr(role.time, "sleep", pause)
    with bell.Bell(tmp_path, "judge") as ears:
        role._gather(ears, 0.01)
        assert paused == [], "nobody rang: nothing is waited for"
        bell.ring(tmp_path, "judge")
        role._gather(ears, 5)
        assert paused == [role.GATHER_S]
        assert not ears.hush(), "both are heard"
