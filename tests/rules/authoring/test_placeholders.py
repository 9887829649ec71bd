import pytest
from tramgac_rules.authoring.placeholders import may_declare
from tramgac_rules.judge import Judge

from tests.rules.making import compiled, record, rule

RULE = rule({"User|expand": "%Administrators%"})


def met(user, *texts):
    done = compiled(*texts)
    assert not done.problems, done.problems
    return bool(Judge.load(done.pack).match(record({"User": user})))


@pytest.mark.parametrize("given", [
    "placeholders: {Administrators: [adm_*, root]}",
    "placeholders:\n    Administrators: [adm_*]\n---\n'placeholders':\n    Servers: 5\n",
    "placeholders: {Administrators: adm_*}\n---\n" + rule({"A": "x"}, number=2),
])  # fmt: skip
def test_a_document_in_any_file_gives_values(given):
    for texts in ((RULE, given), (given, RULE)):
        assert met("ADM_an", *texts)
        assert not met("an", *texts)


@pytest.mark.parametrize(("text", "line", "said"), [
    ("placeholders:\n", 1, "no placeholders are given"),
    ("placeholders: [a]\n", 1, "no placeholders are given"),
    ("placeholders:\n    a: x\n    Administrators: {b: c}\n", 3, "values of the placeholder 'Administrators'"),
    ("placeholders:\n    Administrators: []\n", 2, "values of the placeholder"),
    ("placeholders:\n    Administrators: [a, null]\n", 2, "values of the placeholder"),
    ("placeholders:\n    a: x\n---\nplaceholders:\n    a: y\n", 5, "the placeholder 'a' is given twice"),
])  # fmt: skip
def test_what_is_wrong_with_them_is_told_and_rules_that_need_them_are_left_out(text, line, said):
    done = compiled(rule({"A": "x"}, number=2), RULE, text)
    wrong, missing = sorted(done.problems, key=lambda found: found.kind == "expand")
    assert (wrong.severity, wrong.kind, wrong.line) == ("error", "placeholders", line)
    assert said in wrong.message
    assert missing.kind == "expand"
    assert len(done.pack["rules"]) == 1


def test_few_files_are_looked_at_twice():
    assert may_declare("a: b\nplaceholders: {}")
    assert not may_declare("description: placeholders: none")
