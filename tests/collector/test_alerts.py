import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tramgac_collector import alerts, database, outbox
from tramgac_collector.alerts import VERDICTS, Detection, EventCopy, Filters, alert_id
from tramgac_collector.refusals import AlertAmbiguous, AlertChanged, AlertUnknown, ReasonMissing, VerdictUnknown
from tramgac_collector.schema import AlertRow
from tramgac_collector.vocabulary import REASONED

from tests.tools.examples import examples

HOST = "a1" * 16
NOW = 1_790_000_000_000_000_000


def event(sequence=1, *, time=NOW, host=HOST, epoch=7, lane=2, kind="process_start", **fields):
    told = {"process.command_line": "sh -c id", "user.name": "an", **fields}
    return EventCopy(host, epoch, lane, sequence, kind, time, time + 1_000_000, told)


def detection(*events, rule_id="r1", level="high", title="A rule"):
    rule = {"id": rule_id, "title": title, "level": level, "tags": ["attack.t1059"]}
    return Detection(rule, "v1", events or (event(),), [{"selection": "s", "field": "f", "value": "v"}])


def raised(engine, told=None, now=NOW):
    with database.session(engine) as s:
        return alerts.raise_alert(s, told or detection(), "máy-1", now)


def only(engine):
    with database.reading(engine) as s:
        return s.query(AlertRow).one()


def test_the_id_is_of_rule_and_events_in_any_order():
    assert alert_id("r", ["b", "a"]) == alert_id("r", ["a", "b"]) != alert_id("r", ["a"])
    assert alert_id("r\ud800", ["a"])
    import hashlib

    assert alert_id("r", ["b", "a"]) == hashlib.sha256(b"r\na\nb").hexdigest()[:32]


def test_an_alert_is_raised_once(store):
    assert raised(store)
    assert not raised(store, now=NOW + 5)
    with database.reading(store) as s:
        assert [row.topic for row in outbox.after(s, 0)] == ["alert"]


def test_it_keeps_what_its_rule_is_called_in_vietnamese(store):
    told = detection()
    raised(store, replace(told, rule={**told.rule, "title_vi": "Một luật", "triage": ["Look"]}))
    raised(store, detection(rule_id="r2"))
    with database.reading(store) as s:
        payloads = [row.payload for row in outbox.after(s, 0)]
        assert [payload["title_vi"] for payload in payloads] == ["Một luật", ""]
        assert alerts.detail(s, payloads[0]["id"])["rule"]["triage"] == ["Look"]


def test_it_stays_decided_when_it_is_detected_again(store):
    raised(store)
    number = only(store).id
    with database.session(store) as s:
        alerts.decide(s, number, "benign", "", "an", NOW)
    assert not raised(store)
    assert only(store).status == "closed"


def test_raised_by_many_at_once_it_is_one(store):
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: raised(store), range(12))) == 1
    with database.reading(store) as s:
        assert [row.id for row in outbox.after(s, 0)] == [1]


def test_its_first_event_in_time_says_what_it_is_about(store):
    raised(store, detection(event(2, time=NOW + 5, **{"user.name": "binh"}), event(1)))
    row = only(store)
    assert (row.user, row.summary, row.time, row.received) == ("an", "sh -c id", NOW, NOW + 1_000_005)
    assert [told["id"]["sequence"] for told in row.events] == [1, 2]


def test_an_unknown_level_is_medium(store):
    raised(store, detection(level="catastrophic"))
    assert only(store).level == "medium"


def test_event_copies_come_back(store):
    copy = event(epoch=(1 << 64) - 1)
    assert EventCopy.from_json(copy.as_json()) == copy
    assert copy.text == f"{HOST}/ffffffffffffffff/2/1"


def test_a_decision_is_told_noted_and_remembered(store):
    raised(store)
    number = only(store).id
    with database.session(store) as s:
        row = alerts.decide(s, number, "false_positive", "backup job", "an", NOW + 9)
        assert (row["status"], row["verdict"], row["version"]) == ("closed", "false_positive", 2)
        told = alerts.detail(s, number)
    assert [(note["by"], note["text"]) for note in told["notes"]] == [("an", "backup job")]
    assert [step["action"] for step in told["history"]] == ["raised", "decided"]
    with database.session(store) as s:
        row = alerts.reopen(s, number, "binh", NOW + 10)
        assert (row["status"], row["verdict"]) == ("open", None)
        assert [step["action"] for step in alerts.detail(s, number)["history"]] == ["raised", "decided", "reopened"]
        assert [row.topic for row in outbox.after(s, 0)] == ["alert", "alert_changed", "alert_changed"]


def test_two_people_do_not_decide_over_each_other(store):
    raised(store)
    number = only(store).id
    with database.session(store) as s:
        alerts.decide(s, number, "benign", "", "an", NOW, version=1)
    with database.session(store) as s, pytest.raises(AlertChanged):
        alerts.decide(s, number, "true_positive", "", "binh", NOW, version=1)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_that_says_nothing_by_itself_needs_a_reason(store, verdict):
    raised(store)
    number = only(store).id
    wanted = pytest.raises(ReasonMissing, match=verdict) if verdict in REASONED else contextlib.nullcontext()
    with wanted, database.session(store) as s:
        alerts.decide(s, number, verdict, " \n", "an", NOW)
    assert only(store).status == ("open" if verdict in REASONED else "closed")
    with database.session(store) as s:
        assert alerts.decide(s, number, verdict, "why", "an", NOW)["verdict"] == verdict


@pytest.mark.parametrize("verdict", ["", "TRUE_POSITIVE", "resolved", "\x00"])
def test_a_verdict_is_one_of_the_words(store, verdict):
    raised(store)
    with database.session(store) as s, pytest.raises(VerdictUnknown, match="true_positive"):
        alerts.decide(s, only(store).id, verdict, "", "an", NOW)


def test_what_is_not_there(store):
    with database.session(store) as s:
        for act in (
            lambda: alerts.detail(s, "x"),
            lambda: alerts.note(s, "x", "t", "an", NOW),
            lambda: alerts.reopen(s, "x", "an", NOW),
            lambda: alerts.decide(s, "x", "benign", "", "an", NOW),
        ):
            with pytest.raises(AlertUnknown):
                act()


def test_an_alert_is_found_by_how_its_id_begins(store):
    for number in ("12345678" + "0" * 24, "12345678" + "f" * 24, "12345679" + "0" * 24):
        with database.session(store) as s:
            alerts.raise_alert(s, replace(detection(), id=number), "máy-1", NOW)
    with database.reading(store) as s:
        assert alerts.find(s, "12345679") == "12345679" + "0" * 24
        assert alerts.find(s, "12345678f") == alerts.find(s, "12345678" + "f" * 24) == "12345678" + "f" * 24
        with pytest.raises(AlertAmbiguous, match="more than one") as error:
            alerts.find(s, "12345678")
        assert error.value.params == {"id": "12345678", "found": ["12345678" + "0" * 24, "12345678" + "f" * 24]}
        for nothing in ("12345677", "12345678%", "1234567_"):
            with pytest.raises(AlertUnknown, match="tramgac alerts"):
                alerts.find(s, nothing)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "<img src=x onerror=alert(1)>", "\x1b[2J", "\u202egnp.exe"])
def test_hostile_text_is_data(store, text):
    fields = {"process.command_line": text, "user.name": text, text: text}
    raised(store, detection(event(**fields), title=text, rule_id=text))
    with database.session(store) as s:
        number = only(store).id
        alerts.note(s, number, text, text, NOW)
        alerts.detail(s, number)
        assert alerts.page(s, Filters(rule=text, host=text), None).total == 0


class Alerts(RuleBasedStateMachine):
    """Detections and decisions in any order against a plain dictionary."""

    def __init__(self):
        super().__init__()
        from sqlalchemy import create_engine
        from sqlalchemy.pool import StaticPool
        from tramgac_collector.schema import Base, CounterRow

        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(self.engine)
        with database.session(self.engine) as s:
            s.add_all([CounterRow(name="outbox", value=0), CounterRow(name="audit", value=0)])
        self.model: dict[str, tuple[str, str | None, int]] = {}
        self.changes = 0
        self.clock = NOW

    def teardown(self):
        self.engine.dispose()

    @rule(rule_id=st.sampled_from("ab"), sequences=st.sets(st.integers(1, 3), min_size=1))
    def detect(self, rule_id, sequences):
        self.clock += 1
        copies = [event(sequence) for sequence in sequences]
        number = alert_id(rule_id, (copy.text for copy in copies))
        fresh = raised(self.engine, detection(*copies, rule_id=rule_id), self.clock)
        assert fresh == (number not in self.model)
        self.changes += fresh
        self.model.setdefault(number, ("open", None, 1))

    @precondition(lambda self: self.model)
    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), stale=st.booleans())
    def decide(self, data, verdict, stale):
        number = data.draw(st.sampled_from(sorted(self.model)))
        version = self.model[number][2]
        try:
            with database.session(self.engine) as s:
                alerts.decide(s, number, verdict, "why", "an", self.clock, version=version - stale)
        except AlertChanged:
            assert stale
        else:
            assert not stale
            changed = self.model[number][:2] != ("closed", verdict)
            self.model[number] = ("closed", verdict, version + changed)
            self.changes += 1

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def reopen(self, data):
        number = data.draw(st.sampled_from(sorted(self.model)))
        status, _, version = self.model[number]
        with database.session(self.engine) as s:
            alerts.reopen(s, number, "an", self.clock)
        self.model[number] = ("open", None, version + (status == "closed"))
        self.changes += 1

    @invariant()
    def pages_show_the_model(self):
        with database.reading(self.engine) as s:
            seen, cursor = [], None
            while True:
                page = alerts.page(s, Filters(), cursor, 2)
                assert page.total == len(self.model)
                seen += page.items
                cursor = page.next
                if cursor is None:
                    break
            assert {row["id"]: (row["status"], row["verdict"], row["version"]) for row in seen} == self.model
            assert len(seen) == len(self.model)
            opened = [number for number, told in self.model.items() if told[0] == "open"]
            assert alerts.page(s, Filters(status="open"), None).total == len(opened)
            assert outbox.bounds(s)[1] == self.changes


TestAlerts = Alerts.TestCase
TestAlerts.settings = settings(max_examples=examples(10), stateful_step_count=20)
