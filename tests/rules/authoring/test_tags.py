import pytest
from tramgac_rules.authoring import build_bundle
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.authoring.tags import tag_problems

RULE = """title: x
id: 00000000-0000-4000-8000-000000000001
level: low
tags:
    - attack.execution
    - attack.t1562.001
logsource: {category: process_creation, product: linux}
detection: {s: {Image|endswith: /x}, condition: s}
"""


@pytest.mark.parametrize(
    "tag",
    [
        "attack.t1059.001",
        "attack.T1685",
        "attack.defense-impairment",
        "attack.privilege_escalation",
        "attack.g0007",
        "attack.s0002",
        "attack.ta0001",
        "cve.2021-44228",
        "detection.emerging-threats",
    ],
)
def test_good_tags(tag):
    assert list(tag_problems([tag])) == []


@pytest.mark.parametrize(
    ("tag", "message", "advice"),
    [
        ("attack.t1562.001", "is no longer in ATT&CK: v19.0", "Write attack.t1685 (Disable or Modify Tools)."),
        (
            "attack.t1175",
            "(Component Object Model",
            "what fits of attack.t1021.003 (Distributed Component Object Model)",
        ),
        ("attack.t1051", "(Shared Webroot)", "MITRE names none"),
        (
            "attack.t1059.999",
            "is no technique of ATT&CK v19.0",
            "Write attack.t1059 (Command and Scripting Interpreter).",
        ),
        ("attack.t9999", "is no technique", ""),
        ("attack.defense_evasion", "was divided", "attack.stealth, attack.defense-impairment"),
        ("attack.persistense", "is no tactic", "Did you mean 'persistence'?"),
    ],
)
def test_bad_tags_name_what_to_write(tag, message, advice):
    (found,) = tag_problems([tag])
    assert message in found.message
    assert advice in found.advice
    assert found.message.vi != str(found.message)


def test_a_rule_that_is_compiled_says_where(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text(RULE)
    (found,) = compile_rules([path]).problems
    assert (found.line, found.column, found.severity, found.kind) == (6, 7, "warning", "tag")


def test_a_yara_file_says_where(tmp_path):
    path = tmp_path / "x.yar"
    path.write_text('rule x {\n meta:\n  tags = "attack.t1059, attack.t1064"\n condition: filesize > 9 }\n')
    built = build_bundle([], [path], 1)
    (found,) = built.problems
    assert (found.line, found.column, found.severity, found.kind) == (3, 25, "warning", "tag")
    assert built.yara == 1
