import pytest
from tramgac_collector import database
from tramgac_collector.alert_filters import resolved
from tramgac_collector.alert_pages import Filters
from tramgac_collector.alerts import Detection, EventCopy, raise_alert
from tramgac_collector.refusals import HostUnknown, RuleAmbiguous, RuleUnknown
from tramgac_collector.schema import HostRow

NOW = 1_790_000_000_000_000_000
RULES = ["11111111-1111", "11111111-2222"]
OF_AN_ALERT, KNOWN = "a1" * 16, "b2" * 16


@pytest.fixture
def filled(store):
    """An alert of a host that is no more, and two hosts of one name."""
    with database.session(store) as s:
        copy = EventCopy(OF_AN_ALERT, 7, 1, 1, "process_start", NOW, NOW, {})
        raise_alert(s, Detection({"id": RULES[0], "title": "T"}, "1", [copy]), "old", NOW)
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "site": "", "enrolled": NOW}
        s.add_all(HostRow(id=host, serial=host, **values) for host in (KNOWN, "c3" * 16))
    return store


@pytest.mark.parametrize("host", ["", "old", OF_AN_ALERT, "a1a1a1a1", "pc", KNOWN, "b2b2b2b2"])
def test_a_host_that_is_meant(filled, host):
    with database.reading(filled) as s:
        asked = Filters("open", ("high",), host, "11111111-2")
        assert resolved(s, asked, RULES) == Filters("open", ("high",), host, RULES[1])


def test_what_the_collector_says_itself_is_a_rule_before_it_says_it(filled):
    with database.reading(filled) as s:
        asked = Filters(rule="tramgac:host_silent")
        assert resolved(s, asked, RULES) == asked


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (Filters(host="pc-9"), HostUnknown),
        (Filters(host="d4" * 16), HostUnknown),
        (Filters(rule="99999999"), RuleUnknown),
        (Filters(rule="11111111"), RuleAmbiguous),
    ],
)
def test_a_slip_is_told(filled, asked, refusal):
    with database.reading(filled) as s, pytest.raises(refusal):
        resolved(s, asked, RULES)
