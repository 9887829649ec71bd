import contextlib
import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.about import MAX_TEXT
from tramgac_rules.errors import PackError
from tramgac_rules.judge import Judge
from tramgac_rules.pack import decode

from tests.rules.making import compiled, rule
from tests.tools.examples import examples

RULES = (
    rule({"s": {"A|contains": ["x", "y"], "B|re": "z", "C|fieldref": "D"}, "f": {"E": 1}, "condition": "s and not f"}),
    rule({"A": "a*b?c", "B|cidr": "10.0.0.0/8", "C|exists": True, "D": None, "E|gt": 3}, number=2),
)
PACK = compiled(*RULES).pack


def broken(change):
    pack = copy.deepcopy(PACK)
    change(pack)
    return pack


S = ["rules", 0, "selections", "s"]


def test_it_is_json_as_the_docstring_has_it():
    assert json.loads(json.dumps(PACK)) == PACK
    assert PACK["fields"] == ["A", "B", "C", "E", "D"]
    assert PACK["rules"][0]["selections"] == {
        "s": ["and", [0, "contains", "x", "y"], [1, "re", "z"], [2, "fieldref", ["D", "eq"]]], "f": [3, "eq", "1"],
    }  # fmt: skip
    assert PACK["rules"][0]["condition"] == ["and", "s", ["not", "f"]]
    assert not {"description", "path", "references"} & PACK["rules"][0].keys()


def put(place, value):
    def change(pack):
        *path, last = place
        for step in path:
            pack = pack[step]
        pack[last] = value

    return change


@pytest.mark.parametrize(("change", "said"), [
    (put(["format"], 99), "update this program"),
    (put(["fields"], "A"), "fields"),
    (put(S, [99, "contains", "x"]), "rules\\[0\\].selections: there is no field 99"),
    (put(S, [0, "runs", "x"]), "'runs' does not take"),
    (put(S, [0, "contains", "x", 5]), "'contains' does not take"),
    (put(S, [0, "contains"]), "is no comparison"),
    (put(S, [0, 1, "x"]), "is no comparison"),
    (put(S, [-1, "null", None]), "no field -1 for null"),
    (put(S, [0, "re", "("]), "re:"),
    (put(S, [0, "cidr", "x"]), "cidr:"),
    (put(S, [0, "eq", "x" * (MAX_TEXT + 1)]), "at most"),
    (put(S, [0, "wild", ["x" * MAX_TEXT, None, "y"]]), "at most"),
    (put(["rules", 0, "condition"], 9_999), "is no node"),
    (put(["rules", 0, "condition"], "nobody"), "is no node"),
    (put(["rules", 0, "condition"], ["xor", 0, 1]), "is no node"),
    (put(["rules", 0, "condition"], True), "is no node"),
    (put(["rules", 0, "condition"], ["not", "s", "f"]), "is no node"),
    (put(["rules", 0, "level"], "grave"), "level 'grave'"),
    (put(["rules", 0, "logsource"], []), "log source"),
    (put(["rules", 0, "title"], None), "title"),
    (put(["rules", 0, "title"], "x" * (MAX_TEXT + 1)), "title: a text of at most"),
    (put(["rules", 0, "tags"], "attack"), "tags: a list"),
    (put(["rules", 0, "tags"], [1]), "tags: a text"),
    (put(["rules", 0, "status"], 1), "status: a text"),
    (put(["rules", 0, "id"], PACK["rules"][1]["id"]), "same id"),
    (put(["rules"], {}), "rules: a list"),
    (put(["rules", 0], 1), "an object"),
])  # fmt: skip
def test_what_is_broken_is_refused_with_its_place(change, said):
    with pytest.raises(PackError, match=said):
        decode(broken(change))


def test_all_values_together_are_bounded(monkeypatch):
    monkeypatch.setattr("tramgac_rules.pack.MAX_ATOMS", 8)
    with pytest.raises(PackError, match="more than 8 values"):
        decode(PACK)


def test_too_deep_is_refused():
    node = 0
    for _ in range(100):
        node = ["not", node]
    with pytest.raises(PackError, match="nested deeper"):
        decode(broken(put(["rules", 0, "condition"], node)))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.text(max_size=3), st.lists(st.integers(-1, 3), max_size=2)
)


@settings(max_examples=examples(75))
@given(st.data(), JUNK)
def test_junk_anywhere_is_an_error_of_ours_or_loads(data, junk):
    pack = copy.deepcopy(PACK)
    place, step = pack, data.draw(st.sampled_from(sorted(pack)))
    while isinstance(place[step], dict | list) and place[step] and data.draw(st.booleans()):
        place = place[step]
        step = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[step] = junk
    with contextlib.suppress(PackError):
        Judge.load(pack)
