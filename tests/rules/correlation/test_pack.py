import contextlib
import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.about import Book
from tramgac_rules.correlation.condition import Bounds, Ways
from tramgac_rules.correlation.pack import load
from tramgac_rules.errors import PackError

from tests.rules.correlation.making import SECOND
from tests.rules.correlation.test_extract import RULES

COUNT = {
    "id": "c1", "title": "many", "level": "high", "type": "value_count", "rules": ["r0"], "group_by": ["User"],
    "fields": [["TargetUserName"]], "values": [["Source"]], "span": 600, "condition": {"bounds": [["gte", 10]]},
    "tags": ["attack.t1110"], "digest": "0" * 16,
}  # fmt: skip
WORDS = {
    "id": "c2", "title": "then", "level": "low", "type": "temporal_ordered", "rules": ["c1", "r1", "r2"],
    "group_by": ["who"], "fields": [["User"], ["User"], ["Name"]], "values": [[], [], []], "span": 60,
    "condition": {"ways": [[[0, 1], [2]]], "text": "c1 and r1 and not r2"}, "generate": True,
}  # fmt: skip
PACK = {"correlations": [COUNT, WORDS]}


def broken(change):
    pack = copy.deepcopy(PACK)
    change(pack["correlations"])
    return pack


def put(*place, value):
    def change(pack):
        *path, last = place
        for step in path:
            pack = pack[step]
        pack[last] = value

    return change


def test_what_is_written_is_read():
    first, second = load(PACK, RULES).all
    assert (first.rule.title, first.rule.level, first.rule.tags) == ("many", "high", ("attack.t1110",))
    book = Book.of({"format": 1, "about": {"c1": {"triage": ["look"]}}})
    assert load(PACK, RULES, book).all[0].rule.about.triage == ("look",)
    assert (first.type, first.span, first.fields, first.values) == (
        "value_count", 600 * SECOND, (("TargetUserName",),), (("Source",),),
    )  # fmt: skip
    assert first.condition == Bounds((("gte", 10),))
    assert (first.generate, second.generate) == (False, True)
    assert second.condition == Ways(((0b110, 0b001),), "c1 and r1 and not r2"), "bits count from the last rule"
    assert load({}, RULES).all == ()


def test_a_percentile():
    entry = {**COUNT, "type": "value_percentile", "percentile": 99.5}
    assert load({"correlations": [entry]}, RULES).all[0].percentile == 99.5
    assert load(PACK, RULES).all[0].percentile == 50


@pytest.mark.parametrize(("names", "fields", "by_host"), [
    (["Computer"], [["Computer"], ["Hostname"]], True),
    (["User", "Computer"], [["User", "Computer"], ["User", "host.name"]], True),
    (["Computer"], [["Computer"], ["Target"]], False),
    (["User"], [["User"], ["User"]], False),
    ([], [[], []], False),
])  # fmt: skip
def test_groups_within_a_host_are_known(names, fields, by_host):
    entry = {**WORDS, "id": "c0", "rules": ["r0", "r1"], "group_by": names, "fields": fields, "values": [[], []]}
    entry["condition"] = {"bounds": [["gte", 2]]}
    later = {**COUNT, "rules": ["c0"], "group_by": names, "fields": [names], "values": [names[:1] or ["x"]]}
    pack = {"correlations": [entry, later]} if names else {"correlations": [entry]}
    assert [each.by_host for each in load(pack, RULES).all] == [by_host] * len(pack["correlations"])


@pytest.mark.parametrize(("change", "said"), [
    (put(0, value="x"), r"correlations\[0\]: an object"),
    (put(0, "rules", value=[]), "rules are expected"),
    (put(0, "rules", value=["r0", "r0"]), "each once"),
    (put(0, "rules", value=["c2"]), "'c2' is neither a rule nor a correlation before"),
    (put(0, "rules", value=["r0"] * 33), "at most 32"),
    (put(0, "id", value="r0"), "another rule has the id r0"),
    (put(1, "id", value="c1"), "another rule has the id c1"),
    (put(0, "id", value=""), "an id and a level"),
    (put(0, "level", value="grave"), "an id and a level"),
    (put(0, "title", value=5), "title: a text"),
    (put(0, "title", value="x" * 70_000), "at most 65536"),
    (put(0, "type", value="event"), "type: 'event' is none"),
    (put(0, "span", value=0), "whole seconds"),
    (put(0, "span", value=True), "whole seconds"),
    (put(0, "span", value=10**12), "whole seconds"),
    (put(0, "group_by", value=["a"] * 17), "at most 16"),
    (put(0, "fields", value=[]), "a list for each"),
    (put(0, "fields", value=[[]]), "a field for each group-by"),
    (put(1, "fields", 0, value=["Nobody"]), "c1 does not group by"),
    (put(0, "values", value=[[]]), "value_count does not take"),
    (put(1, "values", value=[["User"], ["x"], ["x"]]), "temporal_ordered does not take"),
    (put(0, "type", value="value_sum"), None),
    (put(0, "percentile", value=101), "0 to 100"),
    (put(0, "condition", value={"bounds": []}), "is none for value_count"),
    (put(0, "condition", value={"bounds": [["near", 1]]}), "an operator and a number"),
    (put(0, "condition", value={"bounds": [["gte", True]]}), "an operator and a number"),
    (put(0, "condition", value={"bounds": [["gte", float("nan")]]}), "an operator and a number"),
    (put(0, "condition", value={"bounds": [["gte", 10_001]]}), "at most 10000 values"),
    (put(0, "condition", value=WORDS["condition"]), "is none for value_count"),
    (put(1, "condition", "ways", value=[[[0], [0]]]), "places of rules"),
    (put(1, "condition", "ways", value=[[[], [0]]]), "places of rules"),
    (put(1, "condition", "ways", value=[[[3], []]]), "there is no rule 3"),
    (put(1, "condition", "ways", value=[[[True], []]]), "there is no rule True"),
    (put(1, "condition", "ways", value=[[[0], []]] * 65), "is none for temporal_ordered"),
])  # fmt: skip
def test_nothing_is_believed_unchecked(change, said):
    if said is None:
        load(broken(change), RULES)
        return
    with pytest.raises(PackError, match=said):
        load(broken(change), RULES)


def test_a_list_is_expected():
    with pytest.raises(PackError, match="a list"):
        load({"correlations": {}}, RULES)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(COUNT)), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.integers(0, 1), st.sampled_from(sorted({*COUNT, *WORDS})), json_values)
def test_whatever_stands_there_it_loads_or_is_refused(which, key, value):
    with contextlib.suppress(PackError):
        load(broken(put(which, key, value=value)), RULES)
    assert json.loads(json.dumps(PACK)) == PACK
