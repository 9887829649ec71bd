import pytest
from tramgac_collector.alerts import LEVELS, EventCopy
from tramgac_collector.judging.listed import detections, rule_id
from tramgac_rules.indicators import About, Hit
from tramgac_rules.indicators.about import KINDS

from tests.collector.judging.feed import HOST, NOW

EVENT = EventCopy(HOST, 1, 1, 1, "process_start", NOW, NOW, {})
ABOUT = About("high", "a feed", "C2 of a campaign", 0)


def hit(kind="domain", value="evil.example", field="QueryName", text="www.evil.example", span=(4, 16), about=ABOUT):
    return Hit(kind, value, about, field, text, span)


def test_a_detection_says_which_indicator_of_which_list_stood_where():
    (found,) = detections([hit()], (EVENT,))
    assert found.rule["id"] == "indicator:domain:evil.example"
    assert found.rule["title"] == "Listed domain: evil.example"
    assert found.rule["title_vi"] == "T\u00ean mi\u1ec1n c\u00f3 trong danh s\u00e1ch: evil.example"
    assert found.rule["level"] == "high"
    assert "a feed" in found.rule["description"]
    assert "C2 of a campaign" in found.rule["description"]
    assert len(found.rule["triage"]) == len(found.rule["triage_vi"]) > 2
    assert found.why == [{
        "selection": "a feed", "field": "QueryName", "value": "www.evil.example", "pattern": "evil.example",
        "spans": [[4, 16]], "negated": False, "source": "a feed", "note": "C2 of a campaign",
    }]  # fmt: skip


def test_one_indicator_in_several_fields_is_one_detection():
    found = detections([hit(), hit(field="DestinationHostname"), hit("address", "203.0.113.7")], (EVENT,))
    assert [(it.rule["id"], len(it.why)) for it in found] == [
        ("indicator:domain:evil.example", 2), ("indicator:address:203.0.113.7", 1),
    ]  # fmt: skip


def test_the_id_is_the_indicators_and_the_version_is_what_a_list_says_of_it():
    later = About("low", "another", "", NOW)
    one, other = detections([hit()], (EVENT,))[0], detections([hit(about=later)], (EVENT,))[0]
    assert one.rule["id"] == other.rule["id"]
    assert one.version != other.version


def test_long_values_make_short_ids():
    ids = {rule_id("url", f"http://evil.example/{'x' * 2_000}{end}") for end in "ab"}
    assert len(ids) == 2
    assert max(map(len, ids)) < 200
    (found,) = detections([hit("url", "http://evil.example/" + "x" * 2_000)], (EVENT,))
    assert len(found.rule["title"]) < 80


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind):
    (found,) = detections([hit(kind)], (EVENT,))
    assert found.rule["title"] != found.rule["title_vi"]
    assert found.rule["level"] in LEVELS
