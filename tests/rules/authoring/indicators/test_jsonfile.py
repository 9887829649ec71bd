import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.authoring.indicators.jsonfile import Places, parts

TEXT = '{"type": "bundle",\n "objects": [ {"id": "a"},\n   {"id": "b", "x": [1, 2]} ],\n "n": {"y": 1}}'


def test_elements_one_by_one_with_their_places():
    found = [*parts(TEXT)]
    assert [(part.key, part.value) for part in found] == [
        ("type", "bundle"), ("objects", {"id": "a"}), ("objects", {"id": "b", "x": [1, 2]}), ("n", {"y": 1}),
    ]  # fmt: skip
    assert [json.loads(TEXT[part.start : part.end]) for part in found] == [part.value for part in found]
    assert [part.value for part in parts(' [1, "x", {}] ')] == [1, "x", {}]
    assert [*parts("{}")] == [*parts("[]")] == []


TEXTS = st.text('a"\\ü\n[{', max_size=4)


@given(st.recursive(st.none() | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8))
def test_what_is_json_is_read_whole(value):
    for outer in ([value], {"a": [value], "b": value}):
        for text in (json.dumps(outer), json.dumps(outer, indent=2)):
            read = [part.value for part in parts(text)]
            wanted = [*outer] if isinstance(outer, list) else [value, *(value if isinstance(value, list) else [value])]
            assert read == wanted


@pytest.mark.parametrize("text", [
    "", "x", "1", '"x"', "{", "[", "[1", "[1,", "[1 2]", "{1: 2}", '{"a" 1}', '{"a": 1', '{"a": }', "[] x", "{}{}",
    "[1]]",
])  # fmt: skip
def test_what_is_no_json(text):
    with pytest.raises(json.JSONDecodeError):
        [*parts(text)]


def test_nesting_without_end():
    with pytest.raises((RecursionError, json.JSONDecodeError)):
        [*parts('{"a": ' + "[" * 100_000)]


def test_what_came_before_a_fault_is_read():
    read = []
    with pytest.raises(json.JSONDecodeError) as caught:
        read.extend(part.value for part in parts('{"objects": [{"id": 1},\n{"id": }]}'))
    assert (caught.value.lineno, caught.value.colno) == (2, 8)


def test_places():
    places = Places(TEXT)
    assert [places.place(TEXT.index(what)) for what in ('"b"', '"type"', '"a"')] == [(3, 11), (1, 2), (2, 22)]
    second = [*parts(TEXT)][2]
    assert places.of_value(second, "id", "b") == (3, 11)
    assert places.of_value(second, "id", "a") == places.of_value(second, "id", "") == (3, 4)
