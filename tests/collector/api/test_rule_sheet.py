from collections import Counter

from tramgac_collector import database, exception_book, rule_counts
from tramgac_collector.api.rule_sheet import SHOWN, sheet
from tramgac_collector.exception_book import Wanted
from tramgac_collector.rule_decisions import Decision, decide

from tests.tools.console import HOST, Console

KNOWN = {"rule-1": {"id": "rule-1", "title": "One", "title_vi": "Một", "level": "low", "watch": "hunting"}}


def told(console: Console, rule: str):
    with database.reading(console.engine) as s:
        return sheet(s, console.services.paths, KNOWN, rule, console.clock())


def test_of_a_rule_on_offer(console: Console):
    console.enrol(HOST, "may-01", 1)
    found = told(console, "rule-1")
    assert (found["on_offer"], found["title_vi"], found["state"], found["cost"]) == (True, "Một", "watch", None)
    assert found["alerts"] == {"total": 0, "open": 0, "days": 30, "of_late": 0, "newest": []}
    assert (found["exceptions"], found["chosen"], found["parked"], found["parked_hosts"]) == ([], [], None, 0)
    console.raise_alert()
    met = Counter({("rule-1", console.clock(), HOST): 7, ("rule-2", console.clock(), HOST): 1})
    with database.session(console.engine) as s:
        rule_counts.add(s, met, console.clock())
    assert told(console, "rule-1")["met"] == {"days": 30, "matches": 7, "hosts": 1}
    with database.session(console.engine) as s:
        decide(s, Decision(["rule-1"], "off", "an", "why"), console.clock())
        exception_book.state(
            s, Wanted("rule-1", "user.name:an", "an", "x", expires=console.clock() + 5), console.clock()
        )
        exception_book.state(s, Wanted("rule-2", "user.name:an", "an", "x"), console.clock())
    found = told(console, "rule-1")
    assert (found["state"], [row["why"] for row in found["chosen"]]) == ("off", ["why"])
    assert [row["query"] for row in found["exceptions"]] == ["user.name:an"]
    console.clock.forward(40 * 86_400)
    found = told(console, "rule-1")
    assert (found["alerts"]["total"], found["alerts"]["of_late"], found["exceptions"]) == (1, 0, [])
    assert len(found["alerts"]["newest"]) <= SHOWN


def test_of_what_a_correlation_is_made(console: Console):
    known = {**KNOWN, "many": {"id": "many", "members": ["rule-1", "gone"]}}
    with database.reading(console.engine) as s:
        found = sheet(s, console.services.paths, known, "many", console.clock())
    assert found["parts"] == [
        {"id": "rule-1", "title": "One", "title_vi": "Một"}, {"id": "gone", "title": "", "title_vi": ""},
    ]  # fmt: skip


def test_of_one_that_is_gone_its_alerts_tell(console: Console):
    console.enrol(HOST, "may-01", 1)
    console.raise_alert(9)
    found = told(console, "rule-9")
    assert (found["on_offer"], found["title"], found["level"]) == (False, "Rule 9", "high")
    assert told(console, "nothing")["title"] == ""
