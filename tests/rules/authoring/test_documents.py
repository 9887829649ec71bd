import pytest
from tramgac_rules.authoring import documents
from tramgac_rules.authoring.documents import child, read_documents


def places(text):
    return [(found.kind, found.line, found.column) for found in read_documents("x.yml", text)[1]]


def test_several_documents_with_the_places_of_their_parts():
    found, problems = read_documents("x.yml", "a: {b: 1}\n---\nc:\n  d: 2\n---\n")
    assert not problems
    assert [document.data for document in found] == [{"a": {"b": 1}}, {"c": {"d": 2}}]
    mark = child(found[1].node, "c", "d").start_mark
    assert (mark.line, mark.column) == (3, 5)
    assert child(found[1].node, "c", "missing") is child(found[1].node, "c")


@pytest.mark.parametrize(("text", "where"), [
    ("a: [1\nb: 2\n", [("yaml", 2, 2)]),
    ("a: 1\na: 2\nb: {c: 1, c: 2}\n", [("yaml", 2, 1), ("yaml", 3, 11)]),
    ("- 1\n", [("yaml", 1, 1)]),
    ("? [a]\n: 1\n", [("yaml", 1, 3)]),
    ("a: \x07\n", [("yaml", 1, 1)]),
    ("d: 2024-13-01\n", [("yaml", 1, 4)]),
    ("d: [&x 2024-13-01, *x, 1]\ne: {2024-02-30: 1}\n", [("yaml", 1, 5), ("yaml", 2, 5)]),
    ("a: !!python/object:os.system x\n", [("yaml", 1, 4)]),
    ("", []),
    ("# nothing\n", []),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text, where):
    assert places(text) == where


def test_good_documents_before_a_broken_one_are_kept():
    found, problems = read_documents("x.yml", "a: 1\n---\nb: [\n")
    assert [document.data for document in found] == [{"a": 1}]
    assert len(problems) == 1


def test_a_value_that_cannot_be_costs_its_document_alone():
    found, problems = read_documents("x.yml", "a: 1\n---\nb: 2024-13-01\n---\nc: 2024-12-01\nd: {e: 2}\n")
    assert [list(document.data) for document in found] == [["a"], ["c", "d"]]
    assert [(one.line, one.column, str(one.message)) for one in problems] == [
        (3, 4, "'2024-13-01' is no date or number that there can be; its reader says 'month must be in 1..12'")
    ]


def test_aliases_that_stand_for_billions_are_refused(monkeypatch):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert places("\n".join(lines)) == [("size", 1, 1)]
    assert places("a: &a [*a]\n")[0][0] == "size"
    monkeypatch.setattr(documents, "MAX_FILE", 10)
    assert places("a: 123456789")[0][0] == "size"
