from tramgac_rules.rule import LogSource

from tests.rules.making import IDS, judge_of, rule


def test_a_rule_says_all_that_an_alert_needs():
    text = rule(
        {"Image|endswith": "x", "B": 1},
        tags=["attack.t1059.001", "attack.execution"],
        description=" what it is ",
        references=["https://example.org"],
        falsepositives=["Unknown"],
        falsepositives_vi=["Chưa rõ"],
        status="test",
        title_vi="luật 1",
        description_vi=" nó là gì ",
        triage=["Look at it", "Look again"],
        author="someone",
        logsource={"product": "windows", "category": "process_creation"},
    )
    found = judge_of(text).rules[IDS.format(1)]
    assert (found.title, found.level, found.status, found.author) == ("rule 1", "high", "test", "someone")
    assert found.tags == ("attack.t1059.001", "attack.execution")
    assert found.description == "what it is"
    assert found.fields == ("B", "Image")
    assert found.logsource == LogSource("windows", "process_creation", "")
    assert len(found.digest) == 16
    assert found.path == "00000.yml"
    assert (found.title_vi, found.description_vi, found.triage) == ("luật 1", "nó là gì", ("Look at it", "Look again"))
    assert (found.falsepositives, found.falsepositives_vi) == (("Unknown",), ("Chưa rõ",))


def test_what_an_author_does_not_say_is_empty():
    found = judge_of(rule({"A": 1})).rules[IDS.format(1)]
    assert (found.title_vi, found.description_vi, found.triage, found.falsepositives_vi) == ("", "", (), ())


def test_the_digest_follows_the_source():
    first, second = rule({"A": 1}), rule({"A": 2})
    digests = {judge_of(text).rules[IDS.format(1)].digest for text in (first, second, first)}
    assert len(digests) == 2
