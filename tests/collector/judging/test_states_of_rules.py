"""States of rules from end to end at the judge: what is watched is counted and never raised, whatever happens."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, func, select
from tramgac_collector import database, rule_forecast
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging.scanning import Scans
from tramgac_collector.rule_counts import KEEP_DAYS
from tramgac_collector.rule_decisions import DAY, Decision, decide
from tramgac_collector.rule_schema import RuleCountRow, RuleParkedRow
from tramgac_collector.schema import AlertRow, AuditRow, HostRow
from tramgac_rules.costs import Budget

from tests.collector.judging.choices import RULE, choose, counts
from tests.collector.judging.conftest import sequences, started
from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of, arrive, publish, scan_hit, start, write

SHA = b"\x07" * 32


def sites(store, **named):
    with database.session(store) as s:
        for host, name in named.items():
            s.get_one(HostRow, {"here": HOST, "there": OTHER}[host]).site = name


@pytest.fixture
def experiment(store, state, author):
    """Hosts, and a rule that its author calls an experiment."""
    path = author.rules / "rule1.yml"
    path.write_text(path.read_text() + "status: experimental\n")
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    return store


def test_what_its_author_calls_an_experiment_is_counted_and_raises_nothing_until_promoted(experiment, state, feed):
    judge = started(experiment, state)
    feed.send(start("evil 1"), start("ls"), start("evil 2"))
    feed.send(start("evil 3"), host=OTHER)
    judge.drain()
    assert alerts_of(experiment) == []
    assert counts(experiment) == {(RULE, HOST): 2, (RULE, OTHER): 1}
    choose(experiment, "alert")
    feed.send(start("evil 4"))
    judge.in_force.look(NOW)
    judge.drain()
    assert [alert.summary for alert in alerts_of(experiment)] == ["evil 4"]
    choose(experiment, "watch")
    feed.send(start("evil 5"))
    judge.in_force.look(NOW)
    judge.drain()
    assert len(alerts_of(experiment)) == 1
    assert counts(experiment) == {(RULE, HOST): 4, (RULE, OTHER): 1}


def test_a_promotion_waits_for_no_backlog(experiment, state, feed, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 1)
    for number in range(4):
        feed.send(start(f"evil {number}"))
    judge = started(experiment, state)
    real = judge.correlating.write

    def then_promote(s, rules, block, *rest, **how):
        if block[0].entry.batch.first == 2:
            decide(s, Decision([RULE], "alert", "an", "in the middle of it"), NOW)
        return real(s, rules, block, *rest, **how)

    monkeypatch.setattr(type(judge.correlating), "write", lambda _self, *given, **how: then_promote(*given, **how))
    judge.drain()
    assert sequences(experiment) == [3, 4]
    assert counts(experiment) == {(RULE, HOST): 4}


def test_one_site_may_differ(ready, state, feed):
    sites(ready, here="Hà Nội", there="Huế")
    choose(ready, "watch", site="Huế")
    judge = started(ready, state)
    feed.send(start("evil"))
    feed.send(start("evil"), host=OTHER)
    judge.drain()
    assert [alert.host for alert in alerts_of(ready)] == [HOST]
    assert counts(ready) == {(RULE, HOST): 1, (RULE, OTHER): 1}
    choose(ready, "off", site="Hà Nội")
    judge.in_force.look(NOW)
    feed.send(start("evil"))
    judge.drain()
    assert len(alerts_of(ready)) == 1
    assert counts(ready) == {(RULE, HOST): 1, (RULE, OTHER): 1}


def test_a_host_that_comes_to_another_site_has_its_states_soon(ready, state, feed):
    sites(ready, here="Hà Nội")
    choose(ready, "off", site="Hà Nội")
    judge = started(ready, state)
    feed.send(start("evil"))
    judge.drain()
    sites(ready, here="Huế")
    judge.tidy()
    feed.send(start("evil"))
    judge.drain()
    assert sequences(ready) == [2]


def test_a_crash_at_any_statement_loses_and_doubles_no_count(experiment, state, feed, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 2)
    for number in range(5):
        feed.send(start(f"evil {number}"), start("ls"))

    class Crash(BaseException):
        pass

    left = [0]

    def strike(*_args):
        left[0] -= 1
        if left[0] == 0:
            raise Crash

    crashes = 0
    event.listen(experiment, "before_cursor_execute", strike)
    for step in range(1, 400, 2):
        left[0] = step
        try:
            started(experiment, state).drain()
        except Crash:
            crashes += 1
            if crashes == 8:
                event.remove(experiment, "before_cursor_execute", strike)
                choose(experiment, "alert")
                event.listen(experiment, "before_cursor_execute", strike)
        else:
            break
    event.remove(experiment, "before_cursor_execute", strike)
    assert crashes > 8
    assert counts(experiment) == {(RULE, HOST): 5}
    raised = sequences(experiment)
    assert raised == sorted(set(raised))  # each once at most, and all that were examined after the promotion
    assert raised == [1, 3, 5, 7, 9][5 - len(raised) :]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("word", ["watch", "alert"])
def test_a_judge_that_is_really_killed_counts_each_match_once(ready, state, feed, word):
    """kill -9 in the middle of a block, while the state of its rule was just chosen."""
    choose(ready, word)
    for number in range(6):
        feed.send(start(f"evil {number}"))
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tramgac_collector import database, rule_counts\n"
        "from tramgac_collector.judging import consumer\n"
        "from tramgac_collector.judging.loading import InForce\n"
        "from tramgac_collector.paths import StatePaths\n"
        "consumer.ENTRIES = 2\n"
        "paths = StatePaths(Path(sys.argv[1])); engine = database.open_database(paths.database_url)\n"
        "real, calls = rule_counts.add, []\n"
        "def add(*arguments):\n"
        "    real(*arguments); calls.append(1)\n"
        "    if len(calls) == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rule_counts.add = add\n"
        "force = InForce(paths, engine); force.begin(); force.refresh(1)\n"
        "made = consumer.Consumer(paths, engine, force); made.begin(); made.drain()\n"
    )
    died = subprocess.run([sys.executable, "-c", program, os.fspath(state.root)], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    before = counts(ready)
    assert 0 < before[RULE, HOST] < 6
    started(ready, state).drain()
    assert counts(ready) == {(RULE, HOST): 6}
    assert sequences(ready) == ([1, 2, 3, 4, 5, 6] if word == "alert" else [])


def test_yara_and_indicators_have_states_too(store, state, author, feed):
    author.yara("EVILSCRIPT")
    author.listing("198.51.100.7")
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    judge = started(store, state)
    choose(store, "watch", "yara:bad_script")
    judge.in_force.look(NOW)
    feed.send(scan_hit("bad_script"))
    judge.drain()
    assert alerts_of(store) == []
    assert counts(store) == {("yara:bad_script", HOST): 1}
    choose(store, "off", "yara:bad_script")
    choose(store, "alert", "yara:bad_script", site="Huế")
    sites(store, there="Huế")
    judge.tidy()
    judge.in_force.look(NOW)
    feed.send(scan_hit("bad_script"))
    feed.send(scan_hit("bad_script"), host=OTHER)
    judge.drain()
    assert [alert.host for alert in alerts_of(store)] == [OTHER]
    assert counts(store) == {("yara:bad_script", HOST): 1, ("yara:bad_script", OTHER): 1}


def test_what_a_watched_yara_rule_would_make_is_foretold(store, state, author, feed):
    author.yara("EVILSCRIPT")
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    choose(store, "watch", "yara:bad_script")
    judge = started(store, state)
    feed.send(scan_hit("bad_script"), scan_hit("bad_script"))
    judge.drain()
    with database.reading(store) as s:
        past = rule_forecast.look(s, 14, NOW + 2 * DAY)
    [row] = rule_forecast.forecast([{"id": "yara:bad_script", "title": "Bad"}], judge.in_force.rules.states, past)
    assert (row["matches"], row["days"], row["alerts_a_day"], row["grouped_a_day"]) == (2, 2.0, 1.0, 0.5)


def test_a_sample_that_meets_a_watched_yara_rule_is_counted_and_raises_nothing(store, state, author, feed):
    author.yara("EVILSCRIPT")
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    choose(store, "watch", "yara:bad_script")
    judge = started(store, state)
    data = b"#!/bin/sh\nEVILSCRIPT\n"
    feed.send(write("/tmp/x.sh", hashlib.sha256(data).digest()))
    judge.drain()
    arrive(store, state, data)
    scans = Scans(state, store, judge.in_force)
    assert scans.look() == 1
    scans.close()
    assert alerts_of(store) == []
    assert counts(store) == {("yara:bad_script", HOST): 1}


def test_an_event_that_only_watched_rules_meet_makes_nothing_but_a_count(experiment, state, feed):
    judge = started(experiment, state)
    (found,) = judge._examine([feed.entry([start("evil"), start("ls")])])
    [meaning] = found.meanings
    assert (meaning.met, meaning.detections, meaning.copy, meaning.matches) == ([RULE], [], None, [])


def test_the_old_counts_go(experiment, state, feed):
    judge = started(experiment, state)
    feed.send(start("evil"))
    judge.drain()
    assert counts(experiment)
    judge.clock = lambda: NOW + (KEEP_DAYS + 2) * DAY
    judge.tidy()
    assert counts(experiment) == {}


def test_a_rule_over_its_budget_is_parked_told_and_resumed(store, state, author, feed):
    path = author.rules / "rule1.yml"
    path.write_text(path.read_text().replace("contains: evil", "re: (e|v)+il"))  # its tests are what is timed
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    judge = started(store, state)
    judge.in_force.rules.judge.budget = Budget(microseconds=0.0, window=200)
    for _ in range(5):
        feed.send(*[start("evil") for _ in range(100)])
        judge.drain()
    raised = len(alerts_of(store))
    assert 0 < raised < 500
    with database.reading(store) as s:
        row = s.scalars(select(RuleParkedRow)).one()
        assert (row.name, "over its budget" in row.reason) == (RULE, True)
        assert [told.object for told in s.scalars(select(AuditRow).where(AuditRow.action == "rule.parked"))] == [RULE]
    again = started(store, state)
    feed.send(start("evil"))
    again.drain()
    assert len(alerts_of(store)) == raised
    choose(store, "default")
    again.in_force.look(NOW)
    feed.send(start("evil"))
    again.drain()
    assert len(alerts_of(store)) == raised + 1


class Judged(RuleBasedStateMachine):
    """Events, choices, kills and restarts in any order, beside a model that says what is counted and raised."""

    site = None

    @initialize()
    def begin(self):
        self.store, self.state, self.feed = self.site
        started(self.store, self.state).drain()  # what an earlier run left
        with database.session(self.store) as s:
            for table in ("rule_states", "rule_counts", "outbox", "alert_history", "alerts"):
                s.execute(RuleCountRow.metadata.tables[table].delete())
            s.execute(RuleCountRow.metadata.tables["counters"].update().where(
                RuleCountRow.metadata.tables["counters"].c.name == "rule_states").values(value=0))  # fmt: skip
        self.judge = started(self.store, self.state)
        self.chosen, self.matches, self.raised, self.waiting = {}, {HOST: 0, OTHER: 0}, 0, []

    @rule(state=st.sampled_from(["alert", "watch", "off", "default"]), site=st.sampled_from(["", "Hà Nội"]))
    def choose(self, state, site):
        self.judge_all()
        choose(self.store, state, site=site)
        self.chosen[site] = state
        self.judge.in_force.look(NOW)

    @rule(host=st.sampled_from([HOST, OTHER]), evil=st.integers(1, 3))
    def send(self, host, evil):
        self.feed.send(*[start("evil") for _ in range(evil)], start("ls"), host=host)
        self.waiting.append((host, evil))

    @rule()
    def judge_all(self):
        self.judge.drain()
        for host, evil in self.waiting:
            state = self.of(host)
            self.matches[host] += evil if state != "off" else 0
            self.raised += evil if state == "alert" else 0
        self.waiting = []

    @precondition(lambda self: self.waiting)
    @rule(after=st.integers(2, 20))
    def kill(self, after):
        class Crash(BaseException):
            pass

        left = [after]

        def strike(*_args):
            left[0] -= 1
            if left[0] == 0:
                raise Crash

        event.listen(self.store, "before_cursor_execute", strike)
        try:
            self.judge.drain()
        except Crash:
            pass
        finally:
            event.remove(self.store, "before_cursor_execute", strike)
        self.judge = started(self.store, self.state)
        self.judge_all()

    @invariant()
    def what_is_counted_and_raised_is_what_the_states_say(self):
        if not self.waiting:
            assert counts(self.store) == {(RULE, host): count for host, count in self.matches.items() if count}
            with database.reading(self.store) as s:
                assert s.scalar(select(func.count()).select_from(AlertRow)) == self.raised

    def of(self, host):
        own = self.chosen.get("Hà Nội", "default") if host == HOST else "default"
        general = self.chosen.get("", "default")
        return own if own != "default" else general if general != "default" else "alert"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whatever_is_sent_chosen_and_killed_each_match_counts_once_and_by_its_state(ready, state, feed):
    sites(ready, here="Hà Nội")
    Judged.site = (ready, state, feed)
    sparing = settings(
        max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Judged, settings=sparing)
