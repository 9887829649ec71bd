from tramgac_rules.authoring.coverage import coverage

from tests.rules.making import judge_of, rule


def test_numbers():
    judge = judge_of(
        rule({"A": "x"}, tags=["attack.t1059.001", "attack.tactic", "cve.2024-1"]),
        rule({"A": "x"}, number=2, tags=["attack.t1059.001"], level="low"),
        rule({"A": "x"}, number=3, logsource={"product": "aws", "service": "cloudtrail"}),
    )
    found = coverage(judge.rules.values())
    assert found.rules == 3
    assert found.levels == {"high": 2, "low": 1}
    assert found.techniques == {"T1059.001": 2}
    assert found.tags["cve.2024-1"] == 1
    assert found.sources == {"windows/*/*": 2, "aws/*/cloudtrail": 1}
    assert found.blind == 1
