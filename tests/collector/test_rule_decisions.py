import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from tramgac_collector import audit, database
from tramgac_collector.rule_decisions import Decision, began, decide, load, number, park, sites
from tramgac_collector.rule_schema import RuleSinceRow, RuleStateRow
from tramgac_collector.rule_states import ALERT, OFF, PARKED, WATCH
from tramgac_collector.schema import AuditRow, HostRow, TokenRow
from tramgac_collector.vocabulary import DEFAULT, RULE_STATES

NOW = 1_790_000_000_000_000_000
RULE, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TEXTS = {RULE: "d1", OTHER: "d2"}


def choose(store, state, *rules, site="", why="quiet enough"):
    with database.session(store) as s:
        return decide(s, Decision(rules or (RULE,), state, "an", why, site), NOW)


def states(store, watched=(), texts=None):
    with database.reading(store) as s:
        return load(s, dict.fromkeys(watched, "imported"), TEXTS if texts is None else texts)


def trail(store):
    with database.reading(store) as s:
        assert audit.verify(s) is None
        return [
            (row.actor, row.action, row.object, json.loads(row.detail))
            for row in s.scalars(select(AuditRow).order_by(AuditRow.id))
        ]


def test_a_choice_is_kept_with_who_why_and_when_and_stands_in_the_audit_trail(store):
    assert choose(store, ALERT, RULE, OTHER) == [RULE, OTHER]
    with database.reading(store) as s:
        row = s.get_one(RuleStateRow, (RULE, ""))
        assert (row.name, row.state, row.by, row.why, row.time) == (RULE, ALERT, "an", "quiet enough", NOW)
    detail = {"state": ALERT, "before": DEFAULT, "site": "", "why": "quiet enough", "resumed": False}
    assert trail(store) == [("an", "rule.state", name, detail) for name in (RULE, OTHER)]
    assert states(store, [RULE]).of(RULE) == ALERT


def test_undo_is_the_same_again_with_the_word_of_before(store):
    choose(store, ALERT)
    assert choose(store, WATCH, why="too loud") == [RULE]
    assert states(store).of(RULE) == WATCH
    assert choose(store, DEFAULT) == [RULE]
    assert states(store, [RULE]).of(RULE) == WATCH
    assert states(store).of(RULE) == ALERT
    assert [told["before"] for *_, told in trail(store)] == [DEFAULT, ALERT, WATCH]


def test_the_same_again_changes_nothing_and_is_not_told_again(store):
    choose(store, OFF)
    with database.reading(store) as s:
        before = number(s)
    assert choose(store, OFF) == []
    assert choose(store, DEFAULT, OTHER) == []
    with database.reading(store) as s:
        assert number(s) == before == 1
    assert len(trail(store)) == 1


def test_sites_choose_for_themselves(store):
    choose(store, OFF)
    choose(store, ALERT, site="Hà Nội")
    found = states(store)
    assert (found.of(RULE, "Hà Nội"), found.of(RULE, "Huế"), found.sites(RULE)) == (ALERT, OFF, {"Hà Nội": ALERT})
    choose(store, DEFAULT, site="Hà Nội")
    assert states(store).of(RULE, "Hà Nội") == OFF


def test_the_sites_that_there_are(store):
    with database.session(store) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": NOW}
        s.add_all(HostRow(id=f"{n:032x}", site=site, **values) for n, site in enumerate(("Huế", "", "Huế")))
        s.add(TokenRow(secret_hash="0" * 64, uses=1, site="Đà Nẵng", expires=NOW, created=NOW, created_by="an"))
    with database.reading(store) as s:
        assert sites(s) == ["Huế", "Đà Nẵng"]


def test_a_rule_is_parked_until_somebody_chooses_or_its_text_changes(store):
    with database.session(store) as s:
        began(s, TEXTS, NOW)
        park(s, {RULE: ("d1", "over its budget"), OTHER: ("d2", "over its budget")}, NOW)
    found = states(store)
    assert (found.of(RULE), found.parked) == (PARKED, {RULE: "over its budget", OTHER: "over its budget"})
    assert choose(store, DEFAULT) == [RULE]  # nothing was chosen for it, but it is tried again
    assert trail(store)[-1][3]["resumed"] is True
    with database.session(store) as s:
        began(s, {**TEXTS, OTHER: "d3"}, NOW + 1)
    assert states(store, texts={**TEXTS, OTHER: "d3"}).parked == {}


def test_since_when_a_text_is_there(store):
    def since():
        with database.reading(store) as s:
            return {row.rule: (row.digest, row.time) for row in s.scalars(select(RuleSinceRow))}

    for now, texts in ((NOW, TEXTS), (NOW + 1, TEXTS), (NOW + 2, {RULE: "new"}), (NOW + 3, TEXTS)):
        with database.session(store) as s:
            began(s, texts, now)
        if now == NOW + 1:
            assert since() == {RULE: ("d1", NOW), OTHER: ("d2", NOW)}
    assert since() == {RULE: ("d1", NOW + 3), OTHER: ("d2", NOW + 3)}


RULES, SITES = st.sampled_from([RULE, OTHER]), st.sampled_from(["", "Hà Nội", "Huế"])


class Choosing(RuleBasedStateMachine):
    """Any sequence of choices, of parking and of new texts, beside a dictionary that says what must hold."""

    store = None

    @initialize()
    def begin(self):
        self.chosen, self.parked = {}, set()
        self.texts, self.watched = {RULE: "d1", OTHER: "d2"}, {}
        with database.session(self.store) as s:
            for table in ("rule_states", "rules_parked", "rules_since"):
                s.execute(RuleStateRow.metadata.tables[table].delete())
            began(s, self.texts, NOW)

    @rule(name=RULES, site=SITES, state=st.sampled_from([*RULE_STATES, DEFAULT]))
    def choose(self, name, site, state):
        before = number_of(self.store)
        changed = choose(self.store, state, name, site=site)
        expected = name in self.parked or self.chosen.get((name, site), DEFAULT) != state
        assert bool(changed) == expected == (number_of(self.store) > before)
        self.parked.discard(name)
        self.chosen[name, site] = state

    @rule(name=RULES)
    def park(self, name):
        with database.session(self.store) as s:
            park(s, {name: (self.texts[name], "dear")}, NOW)
        self.parked.add(name)

    @rule(name=RULES, text=st.sampled_from(["d1", "d2", "d3"]), watched=st.booleans())
    def push(self, name, text, watched):
        if self.texts[name] != text:
            self.parked.discard(name)
        self.texts[name] = text
        self.watched = {**self.watched, name: "imported"} if watched else {}
        with database.session(self.store) as s:
            began(s, self.texts, NOW)

    @invariant()
    def every_rule_has_the_state_that_it_must_have(self):
        with database.reading(self.store) as s:
            found = load(s, self.watched, self.texts)
        for name in (RULE, OTHER):
            for site in ("", "Hà Nội", "Huế"):
                general = self.chosen.get((name, ""), DEFAULT)
                author = WATCH if name in self.watched else ALERT
                own = self.chosen.get((name, site), DEFAULT)
                expected = own if own != DEFAULT else general if general != DEFAULT else author
                assert found.of(name, site) == (PARKED if name in self.parked else expected)


def number_of(store):
    with database.reading(store) as s:
        return number(s)


def test_whatever_is_chosen_parked_and_pushed_the_state_is_what_it_must_be(store):
    Choosing.store = store
    sparing = settings(
        max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Choosing, settings=sparing)
