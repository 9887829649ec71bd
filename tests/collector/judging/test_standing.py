from dataclasses import replace

from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.judging.detect import Rules
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.standing import Standing
from tramgac_collector.rule_decisions import Decision, decide, park
from tramgac_collector.rule_schema import RuleParkedRow, RuleSinceRow
from tramgac_collector.rule_states import ALERT, OFF, PARKED, WATCH
from tramgac_proto import names
from tramgac_rules.costs import Budget
from tramgac_rules.record import record_of

from tests.collector.judging.feed import NOW, start


def choose(store, rule, state, site=""):
    with database.session(store) as s:
        decide(s, Decision([rule], state, "an", "why", site), NOW)


def in_force(ready, state):
    made = InForce(state, ready)
    made.begin()
    made.refresh(NOW)
    return made


def rule_of(made):
    [rule] = made.rules.judge.rules
    return rule


def test_nothing_is_known_before_there_is_content(store):
    standing = Standing(store)
    assert standing.changed(NOW) is None
    assert standing.parked() == {}


def test_a_choice_is_seen_once_at_the_next_look(ready, state):
    made = in_force(ready, state)
    rule, before = rule_of(made), made.rules
    made.look(NOW)
    assert made.rules is before
    choose(ready, rule, WATCH)
    made.look(NOW)
    assert made.rules.states.of(rule) == WATCH
    assert replace(made.rules, states=before.states) == before  # the rest, and what is open in it, stays as it was
    after = made.rules
    made.look(NOW)
    assert made.rules is after


def test_a_restart_and_a_push_have_the_choices_of_before(ready, state, author):
    made = in_force(ready, state)
    choose(ready, rule_of(made), OFF)
    again = InForce(state, ready)
    again.begin()
    assert again.rules.states.of(rule_of(again)) == OFF


def test_what_is_off_everywhere_is_not_evaluated_and_is_again_when_it_is_not(ready, state):
    made = in_force(ready, state)
    rule, record = rule_of(made), record_of(start("evil"), "linux")
    assert names.kind_of(start("evil")) == "process_start"
    for word, site, met in ((OFF, "", 0), (WATCH, "Huế", 1), ("default", "Huế", 0), (ALERT, "", 1)):
        choose(ready, rule, word, site)
        made.look(NOW)
        assert len(made.rules.judge.match(record)) == met, (word, site)


def test_since_when_rules_are_there_is_noted_once(ready, state):
    made = in_force(ready, state)
    made.look(NOW + 5)
    in_force(ready, state)
    with database.reading(ready) as s:
        row = s.scalars(select(RuleSinceRow)).one()
        assert (row.rule, row.time) == (rule_of(made), NOW)


def test_what_the_engine_parks_is_told_once_and_stays_parked_until_somebody_chooses(ready, state):
    made = in_force(ready, state)
    rule = rule_of(made)
    assert made.rules.judge.budget == Budget()
    made.rules.judge.park(rule, "over its budget")
    parked = made.standing.parked()
    assert parked == {rule: (made.rules.judge.rules[rule].digest, "over its budget")}
    made.look(NOW)  # not written down yet: it stays parked all the same
    assert made.rules.judge.parked
    with database.session(ready) as s:
        park(s, parked, NOW)
    made.standing.noted(parked)
    assert made.standing.parked() == {}
    made.look(NOW)
    assert made.rules.states.of(rule) == PARKED
    again = in_force(ready, state)
    assert (dict(again.rules.judge.parked), again.standing.parked()) == ({rule: "over its budget"}, {})
    choose(ready, rule, "default")
    for one in (made, again):
        one.look(NOW)
        assert (one.rules.states.of(rule), dict(one.rules.judge.parked)) == (ALERT, {})
    with database.reading(ready) as s:
        assert s.scalars(select(RuleParkedRow)).all() == []


def test_rules_without_content_have_the_states_of_nobody():
    assert Rules().states.of("any") == ALERT
