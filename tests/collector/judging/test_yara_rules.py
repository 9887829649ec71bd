from tramgac_collector.alerts import EventCopy
from tramgac_collector.bundle import YaraFile
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_proto.event_pb2 import ScanHit

from tests.collector.judging.feed import NOW

SOURCE = """
import "hash"

private rule helper { condition: true }

rule bad_script : tag1
{
    meta:
        id = "5b1f"
        title = "A \\"bad\\" script"
        title_vi = "Tập lệnh xấu"
        description = "It is bad"
        description_vi = "Nó xấu"
        triage = "Read it"
        triage = "Who wrote it?"
        falsepositives = "A test"
        falsepositives = "A joke"
        falsepositives_vi = "Kiểm thử"
        level = "Critical"
        tags = "attack.t1059.004, attack.execution"
        score = 75
    strings:
        $a = "meta: level = low"
    condition:
        $a
}

rule plain { condition: filesize < 5 }
"""
COPY = EventCopy("a" * 32, 1, 1, 1, "scan_hit", NOW, NOW, {})


def test_meta_says_how_an_alert_names_a_rule():
    rule, version = YaraRules([YaraFile("x.yar", SOURCE, content_only=True)]).rule("bad_script")
    assert (rule["id"], rule["level"], rule["title_vi"], rule["path"]) == (
        "yara:5b1f",
        "critical",
        "Tập lệnh xấu",
        "x.yar",
    )
    assert (rule["description"], rule["description_vi"]) == ("It is bad", "Nó xấu")
    assert rule["triage"] == ["Read it", "Who wrote it?"]
    assert (rule["falsepositives"], rule["falsepositives_vi"]) == (["A test", "A joke"], ["Kiểm thử"])
    assert rule["tags"] == ["attack.t1059.004", "attack.execution"]
    assert len(version) == 16


def test_a_rule_without_meta_and_one_that_is_not_there_are_told_by_name():
    rules = YaraRules([YaraFile("x.yar", SOURCE, content_only=True)])
    plain, _ = rules.rule("plain")
    assert plain["id"] == "yara:plain"
    assert (plain["title_vi"], plain["description_vi"], plain["triage"]) == ("", "", [])
    rule, version = rules.rule("of_another_bundle")
    assert (rule["id"], rule["title"], rule["level"], version) == (
        "yara:of_another_bundle",
        "of_another_bundle",
        "high",
        "",
    )


def test_an_unknown_level_is_high():
    source = 'rule x { meta: level = "apocalyptic" condition: true }'
    assert YaraRules([YaraFile("x.yar", source, content_only=True)]).rule("x")[0]["level"] == "high"


def test_where_strings_were_found_is_why():
    rules = YaraRules()
    hit = ScanHit(rule="x", strings=["$a", "$b"], offsets=[5])
    assert [(why["field"], why["value"]) for why in rules.of_event(hit, COPY).why] == [("$a", "at offset 5")]
    assert rules.of_hit("x", [("$a", 5, 3)], [COPY]).why[0]["value"] == "3 bytes at offset 5"


def test_meta_may_stand_on_one_line_and_between_comments():
    source = (
        'rule one { meta: title = "A = b" level = "low" // level = "high"\n'
        '/* tags = "x" */ id = "9" score = 75 author="an" strings: $a = "x" condition: $a }'
    )
    rule, _ = YaraRules([YaraFile("one.yar", source, content_only=True)]).rule("one")
    assert (rule["id"], rule["title"], rule["level"], rule["tags"], rule["author"]) == (
        "yara:9",
        "A = b",
        "low",
        [],
        "an",
    )


def test_all_rules_that_can_hit_are_listed():
    names = YaraRules([YaraFile("one.yar", SOURCE, content_only=True)]).names()
    assert "bad_script" in names
    assert "helper" not in names
