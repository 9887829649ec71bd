import pytest
from tramgac_rules.authoring.conditions import ConditionError, parse_condition
from tramgac_rules.tree import And, Atom, Not, Or, Selection

S = {name: Selection(name, Atom("A", "eq", name)) for name in ("sel", "filter_a", "filter_b", "_hidden")}
SEL, FA, FB, HIDDEN = S.values()


@pytest.mark.parametrize(("text", "node"), [
    ("sel", SEL),
    ("sel and filter_a or filter_b", Or((And((SEL, FA)), FB))),
    ("sel and (filter_a or filter_b)", And((SEL, Or((FA, FB))))),
    ("not sel and not not filter_a", And((Not(SEL), Not(Not(FA))))),
    ("sel and not 1 of filter_*", And((SEL, Not(Or((FA, FB)))))),
    ("all of filter_*", And((FA, FB))),
    ("any of them", Or((SEL, FA, FB))),
    ("1 of _*", Or((HIDDEN,))),
    ("sel AND NOT filter_a", And((SEL, Not(FA)))),
    ("(sel)", SEL),
])  # fmt: skip
def test_conditions(text, node):
    assert parse_condition(text, S) == node


@pytest.mark.parametrize(("text", "offset", "kind"), [
    ("", 0, "condition"),
    ("sel and", 7, "condition"),
    ("sel and nobody", 8, "selection"),
    ("1 of nobody*", 5, "selection"),
    ("sel filter_a", 4, "condition"),
    ("(sel", 0, "condition"),
    ("sel and (filter_a or (filter_b)", 8, "condition"),
    ("(sel sel", 5, "condition"),
    ("sel)", 3, "condition"),
    ("sel | count() > 5", 4, "aggregation"),
    ("not " * 100 + "sel", 120, "condition"),
])  # fmt: skip
def test_what_cannot_be_read_says_where(text, offset, kind):
    with pytest.raises(ConditionError) as error:
        parse_condition(text, S)
    assert (error.value.offset, error.value.kind) == (offset, kind)
    assert str(error.value)
    assert error.value.advice or error.value.kind == "selection", "there are selections to choose from"


@pytest.mark.parametrize(("text", "said", "advice"), [
    (" ", "the condition is empty", "Name selections"),
    ("2 of filter_*", "`2 of` cannot be asked for, only `1 of`, `any of`, `all of`", "Write out"),
    ("sel and (filter_a", "a parenthesis is never closed", "Write the missing `)`."),
    ("Sel and filter_a", "there is no selection 'Sel'", "Did you mean 'sel'?"),
    ("sel and or filter_a", "'or' was not expected here", "Name a selection"),
    ("not " * 100 + "sel", "nested deeper than 30", "Take out"),
    ("sel)", "')' was not expected here", "the ( that it closes"),
])  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_cause(text, said, advice):
    with pytest.raises(ConditionError) as error:
        parse_condition(text, S)
    assert str(error.value) == said
    assert advice in error.value.advice
