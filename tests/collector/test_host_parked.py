import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector import database, host_parked
from tramgac_collector.host_parked import LONGEST, MAX_LISTED, SOME, listed, parked_on, summary, take
from tramgac_collector.schema import HostRow
from tramgac_proto.event_pb2 import JudgeStanding
from tramgac_proto.names import time_text


def standing(*rules):
    return JudgeStanding(
        rules=9, parked=len(rules), parked_rules=rules, parked_why=[f"{rule} is dear" for rule in rules]
    )


@pytest.fixture
def fleet(store, now):
    """Eight hosts, of which the last may speak no longer; each began a second after the one before it."""
    with database.session(store) as s:
        for number in range(8):
            values = {"hostname": f"pc-{number}", "os_type": "linux", "agent_version": "0", "site": "", "serial": "1"}
            row = HostRow(id=f"{number:032x}", enrolled=now, active=number < 7, parked=[], **values)
            take(row, standing("a", "b") if number % 2 else standing("a"), now + number * 10**9)
            s.add(row)
    return store


def test_hosts_that_may_speak_are_counted_by_rule_and_the_first_are_named(fleet, now):
    with database.reading(fleet) as s:
        found = parked_on(s, {"a", "b", "c"})
        assert parked_on(s, ()) == {}
    assert {rule: len(on) for rule, on in found.items()} == {"a": 7, "b": 3}
    first, second = summary(found)
    assert (first["rule"], first["hosts"], first["since"]) == ("a", 7, time_text(now))
    assert [host["name"] for host in first["some"]] == [f"pc-{number}" for number in range(SOME)]
    assert (second["since"], [host["name"] for host in second["some"]]) == (
        time_text(now + 10**9), ["pc-1", "pc-3", "pc-5"],
    )  # fmt: skip


def test_a_host_that_parked_nothing_is_not_looked_at(fleet, now):
    with database.session(fleet) as s:
        take(s.get(HostRow, f"{1:032x}"), JudgeStanding(rules=9), now)
    with database.reading(fleet) as s:
        assert len(parked_on(s, {"b"})["b"]) == 2


def test_a_rogue_host_fills_no_column(store, now):
    row = HostRow(parked=[])
    many = [f"{number}\x00{'x' * 5_000}" for number in range(500)]
    take(row, JudgeStanding(parked=(1 << 32) - 1, parked_rules=many, parked_why=["y" * 5_000] * 70), now)
    told = listed(row)
    assert (told["total"], len(told["rules"])) == ((1 << 32) - 1, MAX_LISTED)
    assert max(len(one[name]) for one in told["rules"] for name in ("rule", "reason")) == LONGEST
    assert "\x00" not in "".join(one["rule"] for one in told["rules"])


@given(st.lists(st.lists(st.sampled_from("abcd"), unique=True), min_size=1, max_size=8))
def test_a_rule_keeps_the_time_at_which_it_was_told_first_while_it_is_told(history):
    row, since = HostRow(parked=[]), {}
    for now, rules in enumerate(history, 1):
        since = {rule: since.get(rule, now) for rule in rules}
        take(row, standing(*rules), now)
        assert {one["rule"]: one["since"] for one in row.parked} == since
        assert listed(row)["total"] == len(rules)
        json.dumps(listed(row))


def test_of_a_rule_without_a_reason_nothing_is_made_up():
    row = HostRow(parked=[])
    host_parked.take(row, JudgeStanding(parked=2, parked_rules=["a", "b"], parked_why=["dear"]), 1)
    assert [one["rule"] for one in row.parked] == ["a"]
    assert row.parked_total == 2
