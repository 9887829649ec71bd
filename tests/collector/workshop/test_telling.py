from types import SimpleNamespace

import pytest
from tramgac_collector.workshop.telling import looks_at, outline, titled
from tramgac_rules.operators import OPERATORS, SPECIAL, TIME_PARTS
from tramgac_rules.rule import LogSource
from tramgac_rules.tree import And, Atom, Not, Or, Selection


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (("linux", "file_event"), "Looks at: file events of our agents"),
        (("windows", "", "security"), "Looks at: Windows channel security"),
        (("linux", "", "sshd"), "Looks at: log lines of sshd"),
        (("linux",), "Looks at: all events of the system"),
        (("aws", "", "cloudtrail"), "Looks at events that nothing we know of gives"),
    ],
)
def test_what_a_log_source_is(source, said):
    told = looks_at(LogSource(*source))
    assert told == said
    assert told.vi != said


def lines(node):
    return ["  " * depth + text for depth, text in outline(node)]


def test_each_kind_of_condition_has_words():
    node = And(
        (
            Atom("A", "eq", "x"),
            Atom("B", "null", None),
            Atom("C", "exists", value=True),
            Atom("D", "exists", value=False),
            Atom("E", "re", "x+"),
            Atom("F", "cidr", "10.0.0.0/8"),
            Atom("G", "gte", 5),
            Atom("I", "wild", ("a", None, "b*", 1)),
            Atom("J", "any", None),
            Atom("K", "hour", 3),
            Atom("L", "hour_gte", 22),
            Atom("M", "fieldref", ("N", "eq")),
            Atom("M", "fieldref", ("N", "endswith")),
            Or((Atom("O", "wild", ("a", None, "b")), Atom("O", "wild", (1, "c")))),
            Atom(None, "contains", "word"),
            Atom("H", "endswith", "X", cased=True),
        )
    )
    assert lines(node) == [
        "all of:",
        "  A is 'x'",
        "  B is missing",
        "  C is there",
        "  D is missing",
        "  E matches the expression 'x+'",
        "  F lies in the network '10.0.0.0/8'",
        "  G >= 5",
        "  I looks like 'a*b\\\\*?'",
        "  J is there",
        "  the hour of K is 3",
        "  the hour of L is >= 22",
        "  M is the same as N",
        "  M ends with what stands in N",
        "  O looks like one of 'a*b', '?c'",
        "  any field contains 'word'",
        "  H ends with 'X' (letters' case counts)",
    ]


def test_alternatives_of_one_field_are_one_line_and_long_ones_are_counted():
    many = Or(tuple(Atom("A", "contains", str(number)) for number in range(20)))
    (line,) = lines(many)
    assert line.startswith("A contains one of '0', '1'")
    assert line.endswith("'11' and 8 more")


def test_names_and_parts():
    node = Or((Selection("one", Atom("A", "eq", "x")), Not(And((Atom("B", "eq", "y"),)))))
    assert lines(node) == ["at least one of:", "  one: A is 'x'", "  not:", "    B is 'y'"]


def test_every_operator_has_words_of_its_own_in_both_languages():
    values = {"null": None, "exists": True, "any": None, "fieldref": ("B", "contains"), "wild": ("a", None, "b")}
    for op in (*OPERATORS, *SPECIAL):
        (line,) = [
            text for _, text in outline(Atom("A", op, values.get(op, 5 if "_" in op or op in TIME_PARTS else "5")))
        ]
        assert "_" not in line
        assert "None" not in line
        assert line.vi != line or op in ("lt", "lte", "gt", "gte")


@pytest.mark.parametrize(("vietnamese", "shown"), [("Xoá nhật ký", "Xoá nhật ký"), ("", "Log removed")])
def test_a_title_in_both_languages(vietnamese, shown):
    told = titled(SimpleNamespace(title="Log removed", about=SimpleNamespace(title_vi=vietnamese)))
    assert (told, told.vi) == ("Log removed", shown)
