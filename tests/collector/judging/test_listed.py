from tramgac_collector.alerts import LEVELS, EventCopy, alert_id
from tramgac_collector.judging.listed import detections
from tramgac_rules.indicators import About, Hit

from tests.collector.judging.feed import HOST, NOW

EVENT = EventCopy(HOST, 1, 1, 1, "process_start", NOW, NOW, {})


def hit(kind, value, field="QueryName"):
    return Hit(kind, value, About("high", "a feed", "C2"), field, f"www.{value}", (4, 4 + len(value)))


def test_one_indicator_in_several_fields_is_one_detection_of_an_id_of_its_own():
    hits = [hit("domain", "evil.example"), hit("domain", "evil.example", "DestinationHostname"), hit("name", "x.exe")]
    found = detections(hits, (EVENT,))
    assert [(it.rule["id"], len(it.why), it.events) for it in found] == [
        ("indicator:domain:evil.example", 2, (EVENT,)), ("indicator:name:x.exe", 1, (EVENT,)),
    ]  # fmt: skip
    assert {it.rule["level"] for it in found} <= set(LEVELS)
    assert len({alert_id(it.rule["id"], [EVENT.text]) for it in found}) == 2
    assert detections([], (EVENT,)) == []
