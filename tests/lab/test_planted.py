"""What the lanes judge themselves by: a planted bug counts by its own figure, a schedule by what it asks."""

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
from tramgac_collector.judging.silence_facts import LEFT

from tests.lab import closing, cluster_planted, kills, power, power_agent, silence
from tests.lab.auditing import Account, told
from tests.lab.planted import found
from tests.lab.rows import row
from tests.lab.soak import Plan


def figures(run):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        run()
    return {one["what"]: one for one in map(json.loads, text.getvalue().splitlines())}


@pytest.mark.parametrize(
    ("lost", "waiting", "seen"),
    [(1, 0, 1), (1, 1, 1), (0, 1, 0), (0, 0, 0)],
    ids=["its own", "both", "another", "none"],
)
def test_a_planted_bug_is_found_by_its_own_figure_alone(lost, waiting, seen):
    def run():
        row("lane", "events lost", lost, "events", at_most=0)
        row("lane", "events still wait", waiting, "events", at_most=0)

    shown = figures(lambda: found("lane", "loses", run, ("events lost",)))
    assert [(one["value"], one["ok"]) for one in shown.values()] == [(seen, bool(seen))]


def test_figures_that_show_a_bug_are_figures_of_the_lane():
    account = Account(*[0] * len(fields(Account)))
    fate = power_agent.Fate(*[0] * len(fields(power_agent.Fate)))
    known = figures(lambda: (told("lane", account), power_agent.told("lane", fate, 1))).keys() | {power.AGAIN}
    assert known.issuperset(kills.SHOWN_BY)
    assert known.issuperset(what for shown_by in power.BUGS.values() for what in shown_by)


@pytest.mark.parametrize(
    ("part", "where"), [("gateway", "sitecustomize"), ("judge", "tramgac_collector.jetstream.lane")]
)
def test_a_cluster_s_bug_is_in_its_gateways_alone(part, where):
    text = "from tramgac_collector.jetstream.lane import LaneQueue; print(LaneQueue.put.__module__)"
    said = []

    def run():
        command = [sys.executable, "-c", text, part]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())

    figures(lambda: found("lane", cluster_planted.BUG, run, (), Path(cluster_planted.__file__)))
    assert said == [where]


@pytest.mark.parametrize(("wrong", "good"), [((0, 0), True), ((0, 1), False), ((1, 0), False)])
def test_the_ledger_of_each_agent_is_compared(wrong, good, monkeypatch):
    fates = {name: power_agent.Fate(0, 9, 0, 0, 0, 0, off, 0) for name, off in zip("ab", wrong, strict=True)}
    monkeypatch.setattr(closing, "rest", lambda _site, _agent: None)
    monkeypatch.setattr(closing, "account", lambda _site, _patience: Account(*[0] * len(fields(Account))))
    monkeypatch.setattr(power_agent, "fate", lambda _site, agent: fates[agent.name])
    agents = [SimpleNamespace(name=name, start=lambda _count: None) for name in "ab"]
    assert closing.compared("lane", SimpleNamespace(), agents)[1] is good
    assert power_agent.together(list(fates.values())).stored == 18


@pytest.mark.parametrize(("cuts", "good"), [(0, False), (1, True)])
def test_what_is_lost_and_told_is_lost_by_a_power_cut_or_is_wrong(cuts, good):
    fate = power_agent.Fate(0, stored=9, missing=1, wrongly=0, unvouched=0, silent=0, off=0, unread=0)
    assert power_agent.told("lane", fate, cuts) is good


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [(Plan(180, 30), (77_760, 5, 17)), (Plan(7_200, 600), (3_110_400, 11, 35))],
    ids=["quick", "whole"],
)
def test_a_soak_asks_for_what_its_schedule_does(plan, wanted):
    assert (plan.events, plan.aborts, plan.days) == wanted


def test_a_host_that_is_told_twice_is_found_once():
    when = silence.monday() + 70 * silence.NS
    left = SimpleNamespace(rule_id=LEFT["id"], host=silence.name(7), hostname="pc-7", title="gone", created=when)
    week = SimpleNamespace(killed={7: 60, 8: 60})
    place = SimpleNamespace(week=week, told=lambda: [left, left], silence=SimpleNamespace(counts={"hosts_away": 0}))
    shown = figures(lambda: silence.figures(place, 2))
    assert [one["value"] for one in shown.values()] == [1, 1, 1, 0]
    assert not shown["agents killed, told within 5 min"]["ok"]
