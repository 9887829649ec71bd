import pytest
from tramgac_collector import database
from tramgac_collector.alerts import Detection, EventCopy, raise_alert
from tramgac_collector.refusals import RuleAmbiguous, RuleUnknown, SiteUnknown
from tramgac_collector.rule_decisions import Decision, decide
from tramgac_collector.rule_lookup import find_rules, find_site
from tramgac_collector.schema import HostRow

NOW = 1_790_000_000_000_000_000
KNOWN = ["11111111-1111-4111-8111-111111111111", "11111111-2222-4222-8222-222222222222", "x.yar"]


def find(store, *given):
    with database.reading(store) as s:
        return find_rules(s, KNOWN, given)


def test_by_the_whole_id_or_how_it_begins(store):
    assert find(store, KNOWN[0], "11111111-2", "x.yar") == [KNOWN[0], KNOWN[1], "x.yar"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [("11111111", RuleAmbiguous), ("1111111", RuleUnknown), ("99999999", RuleUnknown), ("x", RuleUnknown)],
)
def test_a_rule_that_is_none_or_several(store, given, refusal):
    with pytest.raises(refusal) as refused:
        find(store, given)
    assert refused.value.params["id"] == given


def test_what_raised_an_alert_or_was_chosen_before_is_a_rule_too(store):
    with database.session(store) as s:
        copy = EventCopy("a1" * 16, 7, 1, 1, "process_start", NOW, NOW, {})
        raise_alert(s, Detection({"id": "indicator:domain:evil.example", "title": "Listed"}, "1", [copy]), "pc", NOW)
        decide(s, Decision(["yara:gone"], "off", "an", "why"), NOW)
    assert find(store, "indicator:domain:evil.example", "yara:gone") == ["indicator:domain:evil.example", "yara:gone"]
    assert find(store, "indicator:domain:ev") == ["indicator:domain:evil.example"]
    with pytest.raises(RuleUnknown):
        find(store, "indicator_domain")


def test_sites_that_there_are(store):
    with database.session(store) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": NOW}
        s.add(HostRow(id="a1" * 16, site="Hà Nội", **values))
    with database.reading(store) as s:
        assert (find_site(s, ""), find_site(s, "Hà Nội")) == ("", "Hà Nội")
        with pytest.raises(SiteUnknown) as refused:
            find_site(s, "Ha Noi")
        assert refused.value.params == {"name": "Ha Noi", "found": ["Hà Nội"]}
