"""Rules and events that meet each other often, for Hypothesis: every modifier, wildcard, escape, form of selection."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.rules.reference.values import MANY, ONE, strings

PLACEHOLDERS = {"one": ["a"], "many": ["a*", "\\*b", "?"], "dash-ed": ["B", "x\\"]}
# Pieces with what is special to Sigma, to case, to Unicode and to lines among them.
PIECES = [
    "a", "A", "B", "ab", "\\", "\\\\", "*", "\\*", "?", "\\?", "1", "é", "É", "Σ", "ς", "\u017f", "K", "İ", " -x",
    " /x", "\n", "%one%", "\x02", "\x03", "\0", "ế",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
PLAIN = st.lists(st.sampled_from(["a", "B", "1", "ab", "-", "é"]), min_size=1, max_size=4).map("".join)
ASCII = st.lists(st.sampled_from(["a", "B", "1", "ab", "-"]), min_size=1, max_size=4).map("".join)
FIELD = st.sampled_from(["A", "B", "C", "Two Words"])
STRINGS = [
    "", "contains", "startswith", "endswith", "contains|all", "cased", "contains|cased", "cased|startswith", "neq",
    "contains|neq", "contains|all|neq", "windash", "windash|contains", "windash|contains|all", "endswith|windash",
]  # fmt: skip
ENCODINGS = ["base64", "base64offset", "base64offset|contains", "base64|contains|cased"]
WIDE = [
    "wide|base64offset|contains",
    "utf16le|base64",
    "utf16be|base64offset|contains",
    "utf16|base64|contains",
    "wide",
]
PATTERNS = ["a+b", "^a", "B.$", "é", "[ab]1|x", "(a|b){2}", "\\\\", "a.b", "^1$", "x?", "a.{2,}", "ab", "K", "."]
NETWORKS = ["10.0.0.0/8", "10.1.2.3/32", "::/0", "fe80::/10", "0.0.0.0/0", "10.1.0.0/16"]
SCALARS = st.sampled_from([None, 0, 1, -1, 1.5, 2.0, "", "*", "?", True, False, 10**20])


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


def _keyed(modifiers: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    keys = st.builds(lambda field, how: f"{field}|{how}" if how else field, FIELD, st.sampled_from(modifiers))
    return st.tuples(keys, values)


ENTRY = st.one_of(
    _keyed(STRINGS, _some(TEXT)),
    _keyed(STRINGS, _some(TEXT)),
    _keyed(["expand", "contains|expand", "expand|endswith"], _some(TEXT)),
    _keyed([""], st.one_of(SCALARS, st.lists(SCALARS, max_size=3))),
    _keyed(["neq"], _some(SCALARS)),
    _keyed(ENCODINGS, _some(PLAIN)),
    _keyed(WIDE, _some(ASCII)),
    _keyed(["re", "re|i", "re|s", "re|m", "re|i|m|s", "re|contains", "re|neq"], _some(st.sampled_from(PATTERNS))),
    _keyed(["cidr", "cidr|neq"], _some(st.sampled_from(NETWORKS))),
    _keyed(["exists"], st.booleans()),
    _keyed(["fieldref", "fieldref|contains", "fieldref|startswith", "fieldref|neq"], FIELD),
    _keyed(["gt", "gte", "lt", "lte"], st.sampled_from([0, 1, -1, 1.5, 10])),
    _keyed(["minute", "hour", "day", "week", "month", "year", "hour|gt", "day|lte"], st.integers(0, 31)),
)
KEYWORDS = st.one_of(
    _some(st.one_of(TEXT, st.sampled_from([1, 1.5]))),
    st.builds(lambda how, values: {f"|{how}": values}, st.sampled_from(["all", "cased"]), _some(TEXT)),
    st.builds(lambda values: {"|re": values}, _some(st.sampled_from(PATTERNS))),
)
MAPPING = st.lists(ENTRY, min_size=1, max_size=3).map(dict)
SELECTION = st.one_of(MAPPING, MAPPING, st.lists(MAPPING, min_size=1, max_size=3), KEYWORDS)
CONDITION = st.sampled_from([
    "s1", "s1 and s2", "s1 or not s2", "not s1 and not s2", "1 of s*", "all of them", "s1 and not (s2 or s3)",
    "not 1 of s*", "s1 or s2 and s3", "1 of *1 or all of s*", "(s1 or (s2 and not s3)) and not _hidden",
    "any of _*", "not (not s1 or (s2 and (s3 or not _hidden)))", ["s1 and s2", "not s3"], "not not s1",
    "s1 AND NOT s2", "1 OF s* Or s3",
])  # fmt: skip
DETECTION = st.fixed_dictionaries(
    {"s1": SELECTION, "s2": SELECTION, "s3": SELECTION, "_hidden": MAPPING, "condition": CONDITION}
)
VALUE = st.one_of(
    TEXT,
    st.sampled_from([
        "", "10.1.2.3", "::ffff:10.1.2.3", "fe80::1%eth0", "0", "1.0", "-1", "1e1", "true", "nan", "inf", "10.1.2.3.4",
        "2024-02-10 10:20:30", "2024-12-31T23:59:59Z", "2020-01-01 00:00:00.123 UTC", "\0", "100000000000000000000",
    ]),
)  # fmt: skip


@st.composite
def event(draw: st.DrawFn, detections: list[dict[str, Any]]) -> Mapping[str, str | tuple[str, ...]]:
    """Fields whose texts are often made from what the rules ask for."""
    entries = [
        (key, value)
        for detection in detections
        for part in detection.values()
        for mapping in (part if isinstance(part, list) else [part])
        if isinstance(mapping, dict)
        for key, value in mapping.items()
    ]
    fields: dict[str, str | tuple[str, ...]] = {}
    for _ in range(draw(st.integers(0, 3))):
        if entries and draw(st.integers(0, 2)):
            key, value = draw(st.sampled_from(entries))
            name, text = key.partition("|")[0].replace(" ", "") or "D", draw(_meeting(key, value))
        else:
            name, text = draw(FIELD).replace(" ", ""), draw(VALUE)
        fields[name] = (text, draw(VALUE)) if draw(st.integers(0, 7)) == 0 else text
    return fields


@st.composite
def _meeting(draw: st.DrawFn, key: str, value: Any) -> str:
    """A text that an entry's value is met by, or nearly."""
    one = draw(st.sampled_from(value)) if isinstance(value, list) and value else value
    modifiers = key.split("|")[1:]
    if one is None or isinstance(one, list) or {"re", "cidr", "fieldref"} & set(modifiers):
        return draw(VALUE)
    pattern = draw(st.sampled_from(strings(one, modifiers, PLACEHOLDERS)))
    rest = {id(MANY): st.one_of(st.just(""), TEXT), id(ONE): st.sampled_from(["z", "\n", "é"])}
    text = "".join(draw(rest[id(char)]) if char is MANY or char is ONE else char for char in pattern)
    change = draw(st.integers(0, 9))
    return {0: text.swapcase(), 1: text[:-1], 2: text[1:], 3: text + "x", 4: "x" + text}.get(change, text)
