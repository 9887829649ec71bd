import pytest
from tramgac_collector.workshop.telling import looks_at, outline
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
        "  G gte >= 5",
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
