from tramgac_collector import database
from tramgac_collector.api.standing import offered, parked, states_of
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.rule_decisions import Decision, decide, park
from tramgac_proto.names import time_text

from tests.tools.console import Console

RULES = {
    "r": {"id": "r", "title": "R", "watch": "imported", "digest": "d1"},
    "q": {"id": "q", "title": "Q", "watch": "", "digest": "d2"},
    "x.yar": {"id": "x.yar", "title": "x.yar"},
}


def test_states_of_what_is_on_offer(console: Console):
    now = console.clock()
    with database.session(console.engine) as s:
        decide(s, Decision(["q"], "off", "an", "why", "Huế"), now)
        park(s, {"x.yar": ("", "dear"), "r": ("d0", "dear, with the text of before")}, now)
    with database.reading(console.engine) as s:
        states = states_of(s, RULES)
        assert [states.of(rule, "Huế") for rule in RULES] == ["watch", "off", "alert"]
        assert parked(s)[0] == {"rule": "r", "reason": "dear, with the text of before", "since": time_text(now)}


def test_content_that_does_not_verify_is_no_rules():
    class Book:
        def rules(self):
            raise ContentRefused("tampered with")

    assert offered(Book()) == {}
