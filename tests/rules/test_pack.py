import contextlib
import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.errors import PackError
from tramgac_rules.judge import Judge
from tramgac_rules.pack import MAX_STEPS, MAX_TEXT, decode

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


def test_equal_atoms_are_stored_once_and_it_is_json():
    pack = compiled(rule({"A": "x"}), rule({"A": "x", "B": "x"}, number=2)).pack
    assert len(pack["atoms"]) == 2
    assert json.loads(json.dumps(pack)) == pack


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
    (put(["atoms", 0], [99, "contains", "x"]), "atoms\\[0\\]: there is no field 99"),
    (put(["atoms", 0], [0, "runs", "x"]), "'runs' does not take"),
    (put(["atoms", 0], [0, "contains", 5]), "'contains' does not take"),
    (put(["atoms", 0], [-1, "null", None]), "no field -1 for null"),
    (put(["atoms", 0], [0, "re", "("]), "re:"),
    (put(["atoms", 0], [0, "cidr", "x"]), "cidr:"),
    (put(["atoms", 0], [0, "eq", "x" * (MAX_TEXT + 1)]), "at most"),
    (put(["rules", 0, "condition"], 9_999), "is no node"),
    (put(["rules", 0, "condition"], "nobody"), "is no node"),
    (put(["rules", 0, "condition"], ["xor", 0, 1]), "is no node"),
    (put(["rules", 0, "condition"], True), "is no node"),
    (put(["rules", 0, "level"], "grave"), "level 'grave'"),
    (put(["rules", 0, "logsource"], []), "log source"),
    (put(["rules", 0, "title"], None), "title"),
    (put(["rules", 0, "title_vi"], None), "title_vi"),
    (put(["rules", 0, "description_vi"], "x" * (MAX_TEXT + 1)), "description_vi: a text of at most"),
    (put(["rules", 0, "triage"], "look"), "triage: a list"),
    (put(["rules", 0, "triage"], ["x"] * (MAX_STEPS + 1)), "101 entries, 100 are allowed"),
    (put(["rules", 0, "triage"], [1]), "triage: a text"),
    (put(["rules", 0, "falsepositives_vi"], "none"), "falsepositives_vi: a list"),
    (put(["rules", 0, "id"], PACK["rules"][1]["id"]), "same id"),
    (put(["rules"], {}), "rules: a list"),
    (put(["rules", 0], 1), "an object"),
])  # fmt: skip
def test_what_is_broken_is_refused_with_its_place(change, said):
    with pytest.raises(PackError, match=said):
        decode(broken(change))


def test_a_pack_without_what_may_be_absent_loads():
    def change(pack):
        for key in ("title_vi", "description_vi", "triage", "falsepositives_vi"):
            del pack["rules"][0][key]

    found = decode(broken(change))[0].rule
    assert (found.title_vi, found.description_vi, found.triage, found.falsepositives_vi) == ("", "", (), ())


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
