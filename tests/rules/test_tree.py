from tramgac_rules.tree import And, Atom, Not, Or, Selection, atoms, fields_of, fold, rename, selections

A, B, C = (Atom(name, "eq", name) for name in "abc")


def known(truths):
    return truths.get


def test_fold_shortens():
    assert fold(And((A, B)), known({A: True})) == B
    assert fold(And((A, B)), known({A: False})) is False
    assert fold(Or((A, B)), known({A: True})) is True
    assert fold(Or((A, Not(B))), known({A: False})) == Not(B)
    assert fold(Not(A), known({A: False})) is True
    assert fold(And(()), known({})) is True
    assert fold(Or(()), known({})) is False


def test_fold_flattens_and_drops_what_stands_twice():
    assert fold(And((A, And((B, A)), Selection("x", C))), known({})) == And((A, B, C))


def test_both_fields_of_a_reference_are_renamed_and_read():
    node = Atom("a", "fieldref", ("b", "eq"))
    assert fields_of(node) == ("a", "b")
    assert rename(node, {"b": "z"}) == Atom("a", "fieldref", ("z", "eq"))
    assert rename(node, {"a": "y", "b": "z"}) == Atom("y", "fieldref", ("z", "eq"))
    assert rename(Atom(None, "contains", "b"), {"b": "z"}) == Atom(None, "contains", "b")


def test_rename_and_what_is_read():
    node = And((A, Not(Or((B, Atom(None, "contains", "word"))))))
    assert fields_of(rename(node, {"a": "z"})) == ("b", "z")
    assert len(list(atoms(node))) == 3


def test_named_parts_are_found_wherever_they_stand():
    one, two = Selection("one", A), Selection("two", And((B, C)))
    assert list(selections(And((one, Not(Or((two, A))))))) == [one, two]
    assert not list(selections(A))
