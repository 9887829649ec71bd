from tramgac_rules import explain
from tramgac_rules.explain import Condition
from tramgac_rules.tree import Atom

from tests.rules.making import judge_of, record, rule

LONG = "x" * 32_768


def why(detection, fields):
    judge = judge_of(rule(detection))
    event = record(fields)
    (found,) = judge.match(event)
    return judge.explain(event, found)


def test_each_part_with_its_selection_value_pattern_and_place():
    detection = {
        "img": {"Image|endswith": ["\\a.exe", "\\B.exe"]},
        "cli": {"CommandLine|contains|all": [" -x ", "y?z"]},
        "condition": "img and cli",
    }
    assert why(detection, {"Image": "C:\\b.EXE", "CommandLine": "b -X 1 yyz"}) == (
        Condition("img", "Image", "C:\\b.EXE", "*\\B.exe", ((2, 8),)),
        Condition("cli", "CommandLine", "b -X 1 yyz", "* -x *", ((1, 5),)),
        Condition("cli", "CommandLine", "b -X 1 yyz", "*y?z*", ((7, 8), (9, 10))),
    )


def test_a_filter_that_did_not_apply_is_one_line():
    detection = {
        "s": {"A": "x"},
        "filter_one": {"A": "x", "B|startswith": "C:\\Program"},
        "filter_two": {"C": [1, 2]},
        "condition": "s and not 1 of filter_*",
    }
    assert why(detection, {"A": "x", "B": "D:\\"})[1:] == (
        Condition("filter_one", "B", "D:\\", "C:\\Program*", negated=True),
        Condition("filter_two", "C", "", "1, 2", negated=True),
    )


def test_keywords_say_where_they_stood():
    detection = {"keywords": ["mimi"], "condition": "keywords"}
    assert why(detection, {"A": "no", "B": ("no", "a MIMI")}) == (
        Condition("keywords", "B", "a MIMI", "*mimi*", ((2, 6),)),
    )


def test_what_has_no_place_has_no_span():
    assert why({"A": None, "B|exists": True, "C|fieldref": "D", "E": "*", "F": ""}, {
        "B": "b", "C": "c", "D": "C", "E": "e", "F": "",
    }) == (
        Condition("selection", "A", "", "null"),
        Condition("selection", "B", "b", "exists: true"),
        Condition("selection", "C", "c", "fieldref D"),
        Condition("selection", "E", "e", "*"),
        Condition("selection", "F", "", ""),
    )  # fmt: skip


def test_spans_are_of_the_value_as_it_came():
    (found,) = why({"A|contains": "end"}, {"A": "\u0130\u0130 END"})  # each of these is two characters in lower case
    assert [found.value[start:stop] for start, stop in found.spans] == ["END"]


def test_a_value_that_was_cut_says_so():
    (found,) = why({"A|startswith": "x"}, {"A": LONG + "y"})
    assert found.cut
    assert len(found.value) == 32_769


def test_regular_expressions_point_at_their_match():
    (found,) = why({"A|re": "b+"}, {"A": "abbc"})
    assert found.spans == ((1, 3),)
    assert found.pattern == "b+"


def why_not(detection, fields):
    judge = judge_of(rule(detection))
    event = record(fields)
    return judge.why_not(event, next(iter(judge.rules.values())))


def test_why_not_names_the_first_condition_that_failed_and_what_stood_there():
    detection = {
        "img": {"Image|endswith": "\\a.exe"},
        "cli": {"CommandLine|contains|all": ["-x", "-y"]},
        "condition": "img and cli",
    }
    assert why_not(detection, {"Image": "C:\\a.exe", "CommandLine": "a -x"}) == (
        Condition("cli", "CommandLine", "a -x", "*-y*", negated=True),
    )
    assert why_not(detection, {"CommandLine": "a -x"}) == (Condition("img", "Image", "", "*\\a.exe", negated=True),)
    assert why_not(detection, {"Image": "C:\\a.exe", "CommandLine": "-x -y"}) == ()


def test_why_not_points_at_the_filter_that_applied():
    detection = {"s": {"A": "x"}, "filter": {"B|startswith": "C:\\"}, "condition": "s and not filter"}
    assert why_not(detection, {"A": "x", "B": "c:\\w"}) == (Condition("filter", "B", "c:\\w", "C:\\*", ((0, 3),)),)


def test_why_not_of_a_list_names_the_first_few_of_it():
    assert why_not({"A|endswith": ["x", "y"]}, {"A": "z"}) == (
        Condition("selection", "A", "z", "*x, *y", negated=True),
    )
    assert why_not({"A": list("abcdefg")}, {}) == (Condition("selection", "A", "", "a, b, c, d, e, …", negated=True),)
    words = {"words": ["one", "two"], "condition": "words"}
    assert why_not(words, {"A": "z"}) == (Condition("words", "", "", "*one*, *two*", negated=True),)


def test_why_not_of_alternatives_names_each():
    detection = {"a": {"A": "x"}, "b": {"B": "y"}, "condition": "1 of *"}
    assert why_not(detection, {"A": "z"}) == (
        Condition("a", "A", "z", "x", negated=True),
        Condition("b", "B", "", "y", negated=True),
    )


def test_what_is_kept_of_nodes_is_bounded_and_belongs_to_the_node(monkeypatch):
    monkeypatch.setattr(explain, "_KEPT", 4)
    monkeypatch.setattr(explain, "_tests", {})
    for number in range(50):
        node = Atom("A", "eq", str(number))  # freed in the next turn: another may come to stand at its place
        assert bool(explain.conditions(node, {"A": "7"})) is (number == 7)
        assert len(explain._tests) <= 4
