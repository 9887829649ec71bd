import pytest
from tramgac_rules.authoring.detections import Detection
from tramgac_rules.authoring.documents import read_documents
from tramgac_rules.tree import And, Atom, Or

from tests.rules.making import compiled, rule


def detection(text):
    (document,), problems = read_documents("x.yml", text)
    assert not problems
    return Detection(document)


def told(text):
    return [(found.kind, found.line, found.column) for found in detection(text).problems]


def test_shapes_of_selections():
    found = detection("""
detection:
    map: {A: x, B: y}
    maps:
        - A: x
          B: y
        - C: z
    words: [one, two]
    word: one
    numbers: {5: x}
    condition: [map, words]
""")
    assert [one.kind for one in found.problems] == ["unused"] * 3
    x, y, z = Atom("A", "eq", "x"), Atom("B", "eq", "y"), Atom("C", "eq", "z")
    assert found.selections["map"].part == And((x, y))
    assert found.selections["maps"].part == Or((And((x, y)), z))
    assert found.selections["words"].part == Or((Atom(None, "contains", "one"), Atom(None, "contains", "two")))
    assert found.selections["word"].part == Atom(None, "contains", "one")
    assert found.selections["numbers"].part == Atom("5", "eq", "x")
    assert found.condition == Or((found.selections["map"], found.selections["words"]))


@pytest.mark.parametrize(("text", "where"), [
    ("title: x\n", [("detection", 1, 1)]),
    ("detection:\n  s: {A: x}\n", [("condition", 2, 3)]),
    ("detection:\n  s:\n  condition: s\n", [("selection", 2, 3)]),
    ("detection:\n  s: {}\n  condition: s\n", [("selection", 2, 3)]),
    ("detection:\n  s: {A|conta: x}\n  condition: s\n", [("modifier", 2, 7)]),
    ("detection:\n  s: {A|re: '('}\n  condition: s\n", [("regex", 2, 13)]),
    ("detection:\n  s: {A|re: '(?=a)'}\n  condition: s\n", [("regex", 2, 13)]),
    ("detection:\n  s: {A: x}\n  condition: s and t\n", [("selection", 3, 20)]),
    ("detection:\n  s: {A: x}\n  condition: 's and t'\n", [("selection", 3, 21)]),
    ("detection:\n  s: {A: x}\n  condition:\n    - s\n    - t\n", [("selection", 5, 7)]),
    ("detection:\n  s: {A: x}\n  timeframe: 5m\n  condition: s | count() > 5\n",
     [("aggregation", 3, 14), ("aggregation", 4, 16)]),
    ("detection:\n  s: {A: 2024-01-01}\n  condition: s\n", [("value", 2, 10)]),
])  # fmt: skip
def test_faults_have_their_places(text, where):
    assert told(text) == where


def test_all_faults_at_once():
    text = """detection:
  one:
    A|conta: x
    B|re: '('
    C|cidr: nonsense
  two:
    - D|windas: x
    - E|expand: '%x%'
  condition: one and two and three
"""
    assert told(text) == [
        ("modifier", 3, 5), ("regex", 4, 11), ("value", 5, 13), ("modifier", 7, 7), ("expand", 8, 17),
        ("selection", 9, 30),
    ]  # fmt: skip
    assert detection(text).condition is None
    assert "'contains'" in detection(text).problems[0].advice
    assert "one, two" in detection(text).problems[-1].advice


def test_a_condition_that_is_no_text_is_told_at_its_own_place():
    text = "detection:\n  Sel: {A: x}\n  condition:\n    - Sel\n    - {a: b}\n    - sel\n"
    assert told(text) == [("condition", 5, 7), ("selection", 6, 7)]
    first, second = detection(text).problems
    assert str(first.message).startswith("a condition is a text, not ")
    assert str(second.advice) == "Did you mean 'Sel'? There are: Sel."


def test_placeholders_are_put_in_and_a_backslash_that_hides_one_is_told():
    text = "detection: {sel: {A|expand: 'C:\\%one%', B|expand: 'C:\\\\%one%'}, condition: sel}"
    (document,), _ = read_documents("x.yml", text)
    found = Detection(document, {"one": ["x"]})
    assert found.selections["sel"].part == And((Or((Atom("A", "eq", "C:%one%"),)), Or((Atom("B", "eq", "C:\\x"),))))
    assert [(problem.severity, problem.kind) for problem in found.problems] == [("warning", "expand")]
    assert found.condition is not None


def test_a_global_filter_is_read_as_a_detection_is():
    (document,), _ = read_documents("x.yml", "filter: {rules: any, sel: {A: x}, condition: not sel}")
    found = Detection(document, part="filter")
    assert list(found.selections) == ["sel"]
    assert not found.problems


def test_a_selection_that_no_condition_uses_is_told_and_the_rule_loads():
    done = compiled(rule({"s": {"A": "x"}, "other": {"A": "y"}, "_more": {"A": "z"}, "condition": ["s", "1 of o*"]}))
    (found,) = done.problems
    assert (found.severity, found.kind, str(found.message)) == (
        "warning", "unused", "no condition uses the selection '_more'",
    )  # fmt: skip
    assert len(done.pack["rules"]) == 1
    assert not compiled(rule({"s": {"A": "x"}, "t": {"B": "y"}, "condition": "all of them"})).problems
    broken = compiled(rule({"s": {"A": "x"}, "t": {"A": "y"}, "condition": "s and nothing"}))
    assert [found.kind for found in broken.problems] == ["selection"]
