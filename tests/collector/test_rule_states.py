import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.rule_states import ALERT, LONGEST, OFF, PARKED, WATCH, States, key_of

RULE = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("watched", "chosen", "parked", "here", "there"),
    [
        ({}, {}, {}, ALERT, ALERT),
        ({RULE: "imported"}, {}, {}, WATCH, WATCH),
        ({RULE: "imported"}, {("", ALERT)}, {}, ALERT, ALERT),
        ({RULE: "imported"}, {("hà-nội", ALERT)}, {}, ALERT, WATCH),
        ({}, {("", OFF), ("hà-nội", ALERT)}, {}, ALERT, OFF),
        ({}, {("hà-nội", OFF)}, {}, OFF, ALERT),
        ({}, {("", ALERT), ("hà-nội", ALERT)}, {RULE: "over its budget"}, PARKED, PARKED),
    ],
)
def test_who_decides(watched, chosen, parked, here, there):
    states = States(watched, {(RULE, site): state for site, state in chosen}, parked)
    assert (states.of(RULE, "hà-nội"), states.of(RULE, "huế")) == (here, there)
    assert states.of(RULE) == states.of(RULE, "") == there
    assert states.of("another", "hà-nội") == ALERT


def test_a_host_without_a_site_has_what_holds_everywhere():
    states = States({}, {(RULE, ""): WATCH, (RULE, "huế"): OFF})
    assert (states.of(RULE, ""), states.sites(RULE)) == (WATCH, {"huế": OFF})


def test_what_needs_no_evaluation():
    chosen = {("a", ""): OFF, ("b", ""): OFF, ("b", "huế"): WATCH, ("c", "huế"): OFF, ("d", ""): OFF, ("d", "huế"): OFF}
    states = States({}, chosen, {"e": "over its budget"})
    assert states.idle("abcdef") == {"a": "off", "d": "off", "e": "over its budget"}


def test_an_id_that_is_too_long_is_told_from_others_like_it():
    long = [f"indicator:url:{'x' * 100}{end}" for end in "ab"]
    keys = [key_of(rule) for rule in long]
    assert key_of(RULE) == RULE
    assert len({*keys}) == 2
    assert all(len(key) == LONGEST for key in keys)
    assert States({}, {(keys[0], ""): OFF}).of(long[0]) == OFF


@given(st.text(max_size=200), st.text(max_size=200))
def test_keys_differ_where_ids_do(one, other):
    assert (key_of(one) == key_of(other)) == (one == other)
    assert len(key_of(one)) <= LONGEST
