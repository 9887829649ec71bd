import pytest
from sqlalchemy import update
from tramgac_collector import database, rule_decisions
from tramgac_collector.gateway import choices
from tramgac_collector.gateway.attend import look
from tramgac_collector.gateway.choices import Marks, news
from tramgac_collector.rule_decisions import Decision
from tramgac_collector.schema import HostRow
from tramgac_wire.limits import MAX_RULE_MARKS
from tramgac_wire.rule_marks import MARK, joined

from tests.collector.station import station

HERE, THERE = "a" * 32, "b" * 32


@pytest.fixture
def known(store, now):
    with database.session(store) as s:
        for host, site in ((HERE, ""), (THERE, "Hà Nội")):
            values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": now}
            s.add(HostRow(id=host, site=site, **values))
    return store


def decide(engine, rules, state, site=""):
    with database.session(engine) as s:
        rule_decisions.decide(s, Decision(rules, state, "an", "why", site), 1)


def heard(engine, known):
    with database.reading(engine) as s:
        return news(s, known)


def marks(quiet="", urgent=""):
    return Marks(joined(quiet), joined(urgent))


def test_a_site_s_choice_goes_before_the_general_one(known):
    decide(known, ["a"], "alert")
    decide(known, ["b"], "off")
    decide(known, ["c"], "watch")
    decide(known, ["a"], "watch", "Hà Nội")
    decide(known, ["b"], "alert", "Hà Nội")
    found = heard(known, {HERE: -1, THERE: -1, "c" * 32: -1})
    assert found.hosts == {HERE: marks("bc", "a"), THERE: marks("ac", "b")}
    assert heard(known, {HERE: found.number}).hosts == {}
    decide(known, ["a", "b", "c"], "default")
    assert heard(known, {HERE: found.number}).hosts == {HERE: marks()}


def test_where_nobody_chose_anything_that_is_said_too(known):
    assert heard(known, {HERE: -1}).hosts == {HERE: marks()}


def test_of_more_than_a_message_holds_the_urgent_ones_are_told(known, monkeypatch):
    monkeypatch.setattr(choices, "MAX_RULE_MARKS", 3)
    decide(known, ["q1", "q2"], "off")
    decide(known, ["u1", "u2"], "alert")
    assert heard(known, {HERE: -1}).hosts == {HERE: Marks(joined(["q1"]), joined(["u1", "u2"]))}
    decide(known, ["u3", "u4"], "alert")
    assert heard(known, {HERE: -1}).hosts == {HERE: Marks(b"", joined(["u1", "u2", "u3"]))}
    assert MARK * MAX_RULE_MARKS < 50_000


@pytest.mark.asyncio
async def test_open_streams_hear_of_a_change_once_and_a_new_one_of_all(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()

        def moved(s):
            s.execute(update(HostRow).where(HostRow.id == agent.host).values(site="Huế"))
            rule_decisions.decide(s, Decision(["a"], "watch", "an", "why", "Huế"), 1)

        await here.hall.control.write(moved)
        await agent.hello()
        await look(here.hall)
        await look(here.hall)
        assert (await agent.call.read()).rules.quiet == joined("a")
        await here.hall.control.write(lambda s: rule_decisions.decide(s, Decision(["a"], "alert", "an", "why"), 2))
        await here.hall.control.write(lambda s: rule_decisions.decide(s, Decision(["b"], "alert", "an", "why"), 2))
        await look(here.hall)
        told = (await agent.call.read()).rules
        assert (told.quiet, told.urgent) == (joined("a"), joined("b"))
        await agent.close()
        other = await here.agent()
        await other.hello()
        await look(here.hall)
        assert (await other.call.read()).rules.urgent == joined("ab")
        await other.close()
