import json
from contextlib import suppress
from dataclasses import replace

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_agent.config import AgentConfig
from tramgac_agent.packets import Choices
from tramgac_agent.triage import MAX_PARKED, Standing, Triage
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.costs import MOST, SAMPLE, Budget
from tramgac_wire.rule_marks import joined

from tests.rules.making import IDS, compiled, rule

RULE = """
title: A shell that reads a script from the network
id: 0f6a1f6e-7d5c-4a44-9a3c-3c1d7a4b9f10
status: test
logsource: {category: process_creation, product: linux}
detection:
    selection: {Image|endswith: /sh, CommandLine|contains: curl}
    condition: selection
level: high
"""


HERE = {"category": "process_creation", "product": "linux"}
DEAR = tuple(
    rule({"CommandLine|contains": f"k{n}", "CommandLine|re": "^(k[0-9])+z"}, number=n, logsource=HERE) for n in range(3)
)
BUDGET = Budget(microseconds=50, window=40)


def written(path, pack, **more):
    path.write_bytes(zstd.compress(json.dumps({"format": 1, "version": 7, "sigma": pack, **more}).encode()))
    return path


@pytest.fixture
def bundle(tmp_path):
    file = tmp_path / "rule.yml"
    file.write_text(RULE)
    done = compile_rules([file])
    assert not done.problems
    return written(tmp_path / "current.json.zst", done.pack)


@pytest.fixture(scope="module")
def dear(tmp_path_factory):
    """Three rules: an event whose command line has `k1` is tested for the second, and meets it."""
    return written(tmp_path_factory.mktemp("dear") / "current.json.zst", compiled(*DEAR).pack)


class Clock:
    """Time that passes only by being asked for."""

    def __init__(self):
        self.now = self.step = 0

    def __call__(self):
        self.now += self.step
        return self.now


def timed(path, clock, budget=BUDGET):
    """Rules in force whose tests take as long as the clock says."""
    triage = Triage("linux", budget=budget)
    triage.reload(path)
    triage._judge._ledger._clock = clock
    return triage


def meets(*numbers):
    return start("".join(f"k{number}" for number in numbers) + "z")


def start(command_line):
    event = Event()
    event.process_start.process.executable = "/bin/sh"
    event.process_start.process.command_line = command_line
    return event


def test_without_rules_the_kind_decides():
    triage = Triage()
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_SECURITY
    for kind, lane in (
        ("file_create", LANE_BULK),
        ("file_write", LANE_BULK),
        ("file_delete", LANE_BULK),
        ("file_rename", LANE_BULK),
        ("inventory", LANE_BULK),
        ("network_connection", LANE_SECURITY),
        ("process_exit", LANE_SECURITY),
        ("log_line", LANE_SECURITY),
        ("scan_hit", LANE_URGENT),
    ):
        event = Event()
        getattr(event, kind).SetInParent()
        assert triage.lane(event) == lane, kind


def test_an_event_that_meets_a_rule_is_urgent(bundle):
    triage = Triage("linux")
    assert triage.reload(bundle) == triage.version == 7
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_URGENT
    assert triage.lane(start("sh -c 'wget x | sh'")) == LANE_SECURITY
    assert triage.failures == 0


def test_a_bundle_that_does_not_load_leaves_the_one_before(bundle, tmp_path):
    triage = Triage("linux")
    triage.reload(bundle)
    bad = tmp_path / "bad.json.zst"
    bad.write_bytes(zstd.compress(b'{"version": 8, "sigma": {}}'))
    with pytest.raises(Exception, match=r".+"):
        triage.reload(bad)
    assert triage.version == 7
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_URGENT


def test_a_rule_that_fails_is_counted_and_stops_nothing(bundle, caplog):
    class Broken:
        def match(self, _record):
            raise RuntimeError("broken rule")

    triage = Triage("linux")
    triage._judge = Broken()
    assert [triage.lane(start("x")) for _ in range(3)] == [LANE_SECURITY] * 3
    assert triage.failures == 3
    assert len(caplog.records) == 1


def test_a_rule_over_its_budget_is_parked_here_told_once_and_tried_again_with_other_rules(dear, caplog):
    clock = Clock()
    triage = timed(dear, clock)
    assert triage.standing() == Standing(3, 0, (), (), 0, 0)
    clock.step = 200_000
    for _ in range(BUDGET.window):
        triage.lane(meets(1))
    assert triage.lane(meets(1)) == LANE_SECURITY
    assert triage.lane(meets(0)) == triage.lane(meets(0, 1)) == LANE_URGENT
    standing = triage.standing()
    assert (standing.rules, standing.parked, standing.parked_rules) == (3, 1, (IDS.format(1),))
    assert standing.parked_why[0].endswith("µs an event, 50 are allowed")
    triage.standing()
    assert [record.args for record in caplog.records] == [(IDS.format(1), standing.parked_why[0])]
    triage.reload(dear)
    assert triage.standing() == Standing(3, 0, (), (), 0, 0)
    assert triage.lane(meets(1)) == LANE_URGENT


def test_by_the_real_clock_too_and_the_setting_is_what_decides(dear):
    for budget, parked in ((AgentConfig(rule_budget_us=0.001).rule_budget, 1), (AgentConfig().rule_budget, 0)):
        triage = Triage("linux", budget=replace(budget, window=200))
        triage.reload(dear)
        for number in range(600):
            triage.lane(start(f"k1{'k2' * (number % 40)}z"))
        assert IDS.format(1) in triage.standing().parked_rules if parked else not triage.standing().parked


def test_without_a_budget_nothing_is_parked(dear):
    clock = Clock()
    clock.step = MOST
    triage = timed(dear, clock, budget=None)
    assert {triage.lane(meets(1)) for _ in range(1_000)} == {LANE_URGENT}
    assert not triage.standing().parked


def test_more_parked_rules_than_are_named_are_counted(tmp_path, caplog):
    many = [rule({"CommandLine|contains": f"x{n}"}, number=n, logsource=HERE) for n in range(MAX_PARKED + 6)]
    triage = Triage("linux")
    triage.reload(written(tmp_path / "current.json.zst", compiled(*many).pack))
    for name in triage._judge.rules:
        triage._judge.park(name, "dear")
    for _ in range(2):
        standing = triage.standing()
        assert (standing.parked, len(standing.parked_rules), len(standing.parked_why)) == (70, 64, 64)
        assert len(caplog.records) == MAX_PARKED


def choices(quiet=(), urgent=()):
    return Choices(joined(map(IDS.format, sorted(quiet))), joined(map(IDS.format, sorted(urgent))))


def idle(triage):
    return triage.standing().idle


def test_a_rule_that_raises_no_alert_here_hurries_nothing(dear, tmp_path):
    pack = compiled(*DEAR).pack
    triage = Triage("linux")
    triage.choose(choices(quiet=[0]))
    triage.reload(written(tmp_path / "b.json.zst", pack, watch={IDS.format(1): "imported", "a correlation": "hunting"}))
    assert (triage.standing().rules, idle(triage), triage.standing().parked) == (3, 2, 0)
    assert [triage.lane(meets(n)) for n in range(3)] == [LANE_SECURITY, LANE_SECURITY, LANE_URGENT]
    assert triage.lane(meets(0, 2)) == LANE_URGENT
    triage.choose(choices(urgent=[1]))
    assert [triage.lane(meets(n)) for n in range(3)] == [LANE_URGENT] * 3
    triage.choose(choices(quiet=[2, 7], urgent=[1, 8]))
    assert [triage.lane(meets(n)) for n in range(3)] == [LANE_URGENT, LANE_URGENT, LANE_SECURITY]
    triage.reload(dear)
    assert [triage.lane(meets(n)) for n in range(3)] == [LANE_URGENT, LANE_URGENT, LANE_SECURITY]
    triage.choose(Choices())
    assert idle(triage) == 0


def test_a_choice_does_not_bring_back_what_costs_too_much(dear):
    triage = Triage("linux")
    triage.reload(dear)
    triage._judge.park(IDS.format(1), "over its budget")
    for said in (choices(quiet=[1]), choices(urgent=[1]), choices(quiet=[0]), Choices()):
        triage.choose(said)
        assert triage.standing().parked_rules == (IDS.format(1),)
        assert triage.lane(meets(1)) == LANE_SECURITY
    assert triage.lane(meets(0)) == LANE_URGENT


def test_the_same_choices_again_cost_nothing(dear, monkeypatch):
    triage = Triage("linux")
    triage.reload(dear)
    said = choices(quiet=[0])
    triage.choose(said)
    monkeypatch.setattr(triage._judge, "exchange", None)
    triage.choose(said)


class Model:
    """What is to be parked, by arithmetic: each seventeenth event with tests is timed; each window is reviewed."""

    def __init__(self, idle=frozenset()):
        self.events = 0
        self.left = SAMPLE
        self.spent = [0, 0, 0]
        self.parked = set()
        self.idle = idle

    def lane(self, numbers, step):
        self.events += 1
        if self.events == BUDGET.window:
            limit = BUDGET.microseconds * 1_000 * self.events / SAMPLE
            self.parked |= {number for number, spent in enumerate(self.spent) if spent > limit}
            self.events, self.spent = 0, [0, 0, 0]
        tested = numbers - self.parked - self.idle
        self.left -= bool(tested)
        if not self.left:
            self.left = SAMPLE
            for number in tested:
                self.spent[number] += min(step, MOST)
        return LANE_URGENT if tested else LANE_SECURITY


STEPS = st.tuples(st.sets(st.integers(0, 2)), st.sampled_from((1_000, 50_000, 150_000, 10**9)), st.integers(1, 90))

QUIET = st.frozensets(st.integers(0, 2))


@settings(max_examples=100)
@given(steps=st.lists(STEPS | st.sampled_from(("other rules", "rules that do not load")) | QUIET, max_size=12))
def test_what_is_parked_is_what_cost_too_much_and_nothing_else_changes_its_lane(dear, steps):
    clock, model = Clock(), Model()
    triage = timed(dear, clock)
    for step in steps:
        if step == "other rules":
            triage.reload(dear)
            triage._judge._ledger._clock, model = clock, Model(model.idle)
            continue
        if step == "rules that do not load":
            with suppress(OSError):
                triage.reload(dear.parent / "none")
            continue
        if isinstance(step, frozenset):
            triage.choose(choices(quiet=step))
            model.idle = step
            continue
        numbers, clock.step, times = step
        for _ in range(times):
            assert triage.lane(meets(*sorted(numbers))) == model.lane(numbers, clock.step)
            standing = triage.standing()
            assert set(standing.parked_rules) == {IDS.format(number) for number in model.parked}
            assert standing.parked == len(standing.parked_why) == len(model.parked)
            assert standing.idle == len(model.idle - model.parked)
