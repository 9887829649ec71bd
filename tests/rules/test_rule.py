from tramgac_rules.about import About
from tramgac_rules.judge import Judge
from tramgac_rules.rule import LogSource

from tests.rules.making import IDS, compiled, judge_of, rule


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
    assert (found.title, found.level, found.status) == ("rule 1", "high", "test")
    assert found.tags == ("attack.t1059.001", "attack.execution")
    assert found.fields == ("B", "Image")
    assert found.logsource == LogSource("windows", "process_creation", "")
    assert len(found.digest) == 16
    assert found.about == About(
        description="what it is",
        description_vi="nó là gì",
        title_vi="luật 1",
        author="someone",
        path="00000.yml",
        falsepositives=("Unknown",),
        falsepositives_vi=("Chưa rõ",),
        references=("https://example.org",),
        triage=("Look at it", "Look again"),
    )


def test_what_an_author_does_not_say_is_empty():
    found = judge_of(rule({"A": 1})).rules[IDS.format(1)]
    assert found.about == About(path="00000.yml")


def test_without_a_book_nothing_is_said():
    found = Judge.load(compiled(rule({"A": 1}, description="x")).pack).rules[IDS.format(1)]
    assert found.about == About()


def test_the_digest_follows_the_source():
    first, second = rule({"A": 1}), rule({"A": 2})
    digests = {judge_of(text).rules[IDS.format(1)].digest for text in (first, second, first)}
    assert len(digests) == 2
