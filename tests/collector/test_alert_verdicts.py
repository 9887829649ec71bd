import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool
from tramgac_collector import alert_verdicts, alerts, audit, database, outbox
from tramgac_collector.alert_verdicts import Order, Outcome
from tramgac_collector.alerts import Filters
from tramgac_collector.refusals import ReasonMissing, VerdictUnknown
from tramgac_collector.schema import AlertRow, Base, CounterRow, HistoryRow

from tests.collector.test_alerts import NOW, detection, event
from tests.tools.examples import examples

LATER = NOW + 1_000


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few alerts are many here."""
    monkeypatch.setattr(alert_verdicts, "AT_FIRST", 2)
    monkeypatch.setattr(alert_verdicts, "FEWEST", 1)
    monkeypatch.setattr(alert_verdicts, "MOST", 2)
    monkeypatch.setattr(alert_verdicts, "_LOOK", 3)


def fill(engine, count=5, *, now=NOW, level="high", start=0):
    """Raise alerts, one a nanosecond; their ids."""
    numbers = []
    with database.session(engine) as s:
        for n in range(start, start + count):
            told = detection(event(n + 1), rule_id=f"r{n % 2}", level=level)
            alerts.raise_alert(s, told, f"may-{n % 2}", now + n)
            numbers.append(told.number)
    return numbers


def order(verdict="benign", note="", **asked):
    return Order(Filters(**{"until": LATER, **asked}), verdict, note)


def decide_all(engine, told=None, *, turn=None, for_s=20.0, user="an"):
    return alert_verdicts.decide_all(engine, told or order(), user, lambda: LATER + 1, turn or nullcontext(), for_s)


def standing(engine):
    """Status, verdict and version of each alert by its id."""
    with database.reading(engine) as s:
        return {row.id: (row.status, row.verdict, row.version) for row in s.scalars(select(AlertRow))}


def test_all_that_the_filter_lets_through_are_closed(store):
    high, low = fill(store), fill(store, level="low", start=5)
    assert decide_all(store, order(levels=("high",))) == Outcome(5, 0, 0)
    there = standing(store)
    assert {there[number] for number in high} == {("closed", "benign", 2)}
    assert {there[number] for number in low} == {("open", None, 1)}
    assert decide_all(store, order(rule="r0", host="may-0")) == Outcome(2, 0, 0)
    assert decide_all(store, order(status="closed")) == Outcome(3, 0, 0), "only open ones are ever decided"
    assert decide_all(store) == Outcome(0, 0, 0)


def test_what_was_raised_after_the_person_looked_stays_open(store):
    seen, unseen = fill(store, 3), fill(store, 2, now=LATER, start=3)
    assert decide_all(store) == Outcome(3, 0, 0)
    assert [standing(store)[number][0] for number in (*seen, *unseen)] == ["closed"] * 3 + ["open"] * 2


def test_each_has_what_a_verdict_on_it_alone_would_have_left(store):
    one, *others = fill(store, 4)
    with database.session(store) as s:
        alerts.decide(s, one, "duplicate", "vì sao", "an", LATER + 1)
    assert decide_all(store, order("duplicate", "vì sao")).decided == 3
    with database.reading(store) as s:
        told = [{**alerts.detail(s, number), "id": "", "created": "", "events": []} for number in (one, *others)]
        told = [{**each, "rule": "", "host": "", "hostname": "", "latency_ms": 0} for each in told]
        rows = [row.payload for row in outbox.after(s, 4)]
        numbers = [row.id for row in outbox.after(s, 0)]
    for each in told:
        each["history"][0] = each["history"][0]["action"]
    assert all(each == told[0] for each in told)
    assert [step["verdict"] for step in told[0]["history"][1:]] == ["duplicate"]
    assert [note["text"] for note in told[0]["notes"]] == ["vì sao"]
    assert [row["id"] for row in rows] == [one, *others], "the oldest first"
    assert [(row["status"], row["verdict"], row["version"]) for row in rows] == [("closed", "duplicate", 2)] * 4
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        (order("odd"), VerdictUnknown),
        (order("duplicate"), ReasonMissing),
        (order("false_positive", " \n"), ReasonMissing),
    ],
)
def test_what_is_no_decision_is_refused_and_changes_nothing(store, told, refused):
    fill(store, 2)
    with pytest.raises(refused):
        decide_all(store, told)
    assert {row[0] for row in standing(store).values()} == {"open"}
    with database.reading(store) as s:
        assert audit.page(s) == []


class Meddler:
    """Somebody who does something to alerts between the look at them and the verdict."""

    def __init__(self, *acts):
        self.acts = list(acts)

    def __enter__(self):
        if self.acts:
            self.acts.pop(0)()

    def __exit__(self, *_):
        pass


class Ticks:
    """A clock that each look at it moves by a second."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def monotonic(self):
        self.now += 1
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)


def test_a_call_ends_when_its_time_is_over_and_says_what_is_left(store, monkeypatch):
    fill(store)
    assert decide_all(store, for_s=0) == Outcome(0, 5, 0)
    monkeypatch.setattr(alert_verdicts, "time", Ticks())
    assert decide_all(store, for_s=4) == Outcome(2, 3, 0)
    assert decide_all(store, for_s=9) == Outcome(3, 0, 0)


def test_of_many_that_are_left_no_more_are_counted_than_it_takes(store, monkeypatch):
    numbers = fill(store)
    with database.session(store) as s:
        alerts.decide(s, numbers[0], "benign", "", "binh", LATER + 1)
        alerts.reopen(s, numbers[0], "binh", LATER + 1)
    assert decide_all(store, for_s=0) == Outcome(0, 4, 1)
    monkeypatch.setattr(alert_verdicts, "COUNTED", 3)
    assert decide_all(store, for_s=0) == Outcome(0, 3, 0)
    assert decide_all(store) == Outcome(4, 0, 1)


def test_after_each_transaction_others_have_a_longer_turn(store, monkeypatch):
    fill(store, 4)
    clock = Ticks()
    monkeypatch.setattr(alert_verdicts, "time", clock)
    monkeypatch.setattr(alert_verdicts, "AIM_S", 0.4)
    assert decide_all(store, for_s=99).decided == 4
    assert clock.slept == [alert_verdicts.PAUSE] * 3, "two alerts took too long, so then it was one each time"


def test_one_row_of_the_trail_tells_of_a_call(store):
    fill(store)
    decide_all(store, order("accepted_tool", "nó là của ta", levels=("high", "low"), host="may-1"))
    with database.reading(store) as s:
        [row] = audit.page(s)
        assert (row.actor, row.action) == ("an", "alert.verdict_all")
        assert json.loads(row.detail) == {
            "verdict": "accepted_tool", "severity": "high,low", "host": "may-1", "rule": "",
            "until": "2026-09-21T14:13:20.000001Z", "decided": 2,
        }  # fmt: skip
        assert audit.verify(s) is None


def test_a_call_that_fails_half_way_is_in_the_trail_too(store):
    fill(store)

    def broken():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        decide_all(store, turn=Meddler(lambda: None, broken))
    with database.reading(store) as s:
        [row] = audit.page(s)
        assert json.loads(row.detail)["decided"] == 2
    assert sorted(row[0] for row in standing(store).values()) == ["closed"] * 2 + ["open"] * 3


def test_what_others_decide_or_reopen_meanwhile_is_left_alone(store):
    numbers = fill(store, 6)

    def act(work):
        with database.session(store) as s:
            work(s)

    def meddle():
        act(lambda s: alerts.decide(s, numbers[0], "true_positive", "", "binh", LATER + 1))
        act(lambda s: alerts.decide(s, numbers[1], "true_positive", "", "binh", LATER + 1))
        act(lambda s: alerts.reopen(s, numbers[1], "binh", LATER + 2))

    def later():
        act(lambda s: alerts.reopen(s, numbers[2], "binh", LATER + 3))

    assert decide_all(store, turn=Meddler(meddle, lambda: None, later)) == Outcome(4, 0, 2)
    there = standing(store)
    assert there[numbers[0]][:2] == ("closed", "true_positive")
    assert there[numbers[1]][:2] == there[numbers[2]][:2] == ("open", None), "not closed again"
    assert {there[number] for number in numbers[3:]} == {("closed", "benign", 2)}
    again = alert_verdicts.decide_all(store, order(until=LATER + 3), "an", lambda: LATER + 9, nullcontext(), 20)
    assert again == Outcome(2, 0, 0), "whoever looks again has seen them"


def test_an_alert_that_somebody_holds_is_not_waited_for(postgresql_lent):
    engine = database.open_database(postgresql_lent.renew())
    numbers = fill(engine, 3)
    with database.session(engine) as s:
        s.get_one(AlertRow, numbers[1]).summary = "amended"
        s.flush()
        assert decide_all(engine) == Outcome(2, 1, 0)
    assert standing(engine)[numbers[1]] == ("open", None, 2)
    engine.dispose()


def test_many_at_once_decide_each_alert_once(store):
    numbers, begun = fill(store, 12), threading.Barrier(5)

    def act(n):
        begun.wait(10)
        if n < 2:
            return decide_all(store, user=f"u{n}").decided
        if n == 2:
            fill(store, 4, start=12)
            return 0
        with database.session(store) as s:
            alerts.decide(s, numbers[-n], "true_positive", "", "binh", LATER)
        return 0

    with ThreadPoolExecutor(5) as pool:
        decided = sum(pool.map(act, range(5)))
    while (done := decide_all(store)).left:
        decided += done.decided
    decided += done.decided
    with database.reading(store) as s:
        steps = [row.alert for row in s.scalars(select(HistoryRow).where(HistoryRow.action == "decided"))]
        told = [row.id for row in outbox.after(s, 0)]
    assert decided <= 16
    assert {row[0] for row in standing(store).values()} == {"closed"}
    twice = {number for number in steps if steps.count(number) > 1}
    assert twice <= {numbers[-3], numbers[-4]}, "only what a person decided anew by hand"
    assert told == list(range(1, len(told) + 1))


class Verdicts(RuleBasedStateMachine):
    """Alerts, decisions on one and on all, against a plain dictionary."""

    @initialize()
    def begin(self):
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(self.engine)
        with database.session(self.engine) as s:
            s.add_all([CounterRow(name="outbox", value=0), CounterRow(name="audit", value=0)])
        self.clock, self.model, self.told = NOW, {}, 0

    def teardown(self):
        self.engine.dispose()

    def tick(self):
        self.clock += 1
        return self.clock

    @rule(level=st.sampled_from(["low", "high"]), name=st.sampled_from("ab"), host=st.sampled_from("xy"))
    def detect(self, level, name, host):
        told = detection(event(len(self.model) + 1), rule_id=name, level=level)
        with database.session(self.engine) as s:
            alerts.raise_alert(s, told, host, self.tick())
        self.model[told.number] = [level, name, host, "open", None, self.clock, self.clock]
        self.told += 1

    @rule(data=st.data(), verdict=st.sampled_from(["benign", "true_positive"]), again=st.booleans())
    def one(self, data, verdict, again):
        if not self.model:
            return
        number = data.draw(st.sampled_from(sorted(self.model)))
        with database.session(self.engine) as s:
            alerts.decide(s, number, verdict, "", "an", self.tick())
        self.model[number][3:5], self.model[number][6] = ["closed", verdict], self.clock
        self.told += 1
        if again:
            with database.session(self.engine) as s:
                alerts.reopen(s, number, "an", self.tick())
            self.model[number][3:5], self.model[number][6] = ["open", None], self.clock
            self.told += 1

    @rule(
        levels=st.sampled_from([(), ("low",), ("low", "high")]),
        name=st.sampled_from(["", "a"]),
        host=st.sampled_from(["", "x"]),
        ago=st.integers(0, 6),
    )
    def everything(self, levels, name, host, ago):
        until = self.clock - ago
        meant = [
            row
            for row in self.model.values()
            if row[3] == "open"
            and row[5] <= until
            and (not levels or row[0] in levels)
            and name in {"", row[1]}
            and host in {"", row[2]}
        ]
        wanted = [row for row in meant if row[6] <= until]
        told = order("duplicate", "như trên", levels=levels, rule=name, host=host, until=until)
        now = self.tick()
        done = alert_verdicts.decide_all(self.engine, told, "an", lambda: now, nullcontext(), 20)
        assert done == Outcome(len(wanted), 0, len(meant) - len(wanted))
        for row in wanted:
            row[3:5], row[6] = ["closed", "duplicate"], now
        self.told += len(wanted)

    @invariant()
    def the_store_is_the_model(self):
        there = standing(self.engine)
        assert {number: list(row[:2]) for number, row in there.items()} == {
            number: row[3:5] for number, row in self.model.items()
        }
        with database.reading(self.engine) as s:
            assert outbox.bounds(s)[1] == self.told


TestVerdicts = Verdicts.TestCase
TestVerdicts.settings = settings(max_examples=examples(8), stateful_step_count=15)
