from tramgac_rules.evaluate import MAX_VALUE, View, compile_node
from tramgac_rules.tree import And, Atom, Not, Or, Selection


def test_a_view_cuts_and_lowers_once():
    view = View({"A": "X" * (MAX_VALUE + 5), "B": ("One", "TWO")})
    assert view.texts["A"] == ("X" * MAX_VALUE,)
    assert view.lower["B"] == ("one", "two")
    assert view.lower["B"] is view.lower["B"]
    assert view.texts["C"] == ()


def test_an_or_of_many_texts_is_one_test_with_the_same_truth():
    parts = tuple(Atom("A", op, text) for op in ("eq", "contains", "endswith", "startswith") for text in ("Ab", "cd"))
    node = Or((*parts, Atom("A", "eq", "EF", cased=True), Atom("B", "null", None)))
    test = compile_node(node)
    for text, met in (("xABx", True), ("ef", False), ("EF", True), ("", False)):
        assert test(View({"A": text, "B": ""})) is met
    assert test(View({}))


def test_nothing_under_and_is_true_and_under_or_is_false():
    assert compile_node(And(()))(View({}))
    assert not compile_node(Or(()))(View({}))
    assert compile_node(Not(Selection("s", Or(()))))(View({}))
