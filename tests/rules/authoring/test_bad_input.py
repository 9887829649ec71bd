"""Rules that no author means, or that one means badly: told with their place, and the rest goes on."""

import copy
import datetime as dt
import json
import re
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.about import Book
from tramgac_rules.authoring import sizes
from tramgac_rules.authoring.documents import MAX_FILE
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.evaluate import MAX_VALUE
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, judge_of, record, rule
from tests.tools.bounded import bounded
from tests.tools.examples import examples

GOOD = rule({"A": "good"}, number=99)
DAY = dt.date(2024, 1, 1)
JUNK = [
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 10**400, "", "x", "*", "|", [], {}, [[]], [{}], [None],
    {"a": None}, {"a": {"b": "c"}}, ["x", ["y", {"z": 1}]], {None: None}, {1: 2}, {"|": "x"}, {"a|": "x"}, {"|all": []},
    {"a|all|all": "x"}, {"a|re": ["("]}, {"a|re": None}, {"a|cidr": 5}, {"a|exists": "x"}, {"a|gt": "x"},
    {"a|lt": None}, {"a|fieldref": ["x*"]}, {"a|base64": None}, {"a|wide": "é"}, {"a|base64offset": ["x*"]},
    {"a|hour": "x"}, {"a|cased": None}, {"a|neq": {}}, {"a|i": "x"}, {"a|windash|all": [None]}, {"a|expand": "%x%"},
    {"a|expand": [None, "%"]}, {"a|gte": float("nan")}, {"a|gte": 10**400}, {"a": 10**400}, {"a|minute": 1.5}, "\0",
    "y" * 70_000, {"y" * 70_000: "x"}, ["x"] * 10_001,
    {"a|contains": float("inf")}, {"a|contains": DAY}, {"a": DAY}, DAY, b"bytes", {"a": b"x"}, {"a": {1, 2}},
]  # fmt: skip
DOCUMENTS = (
    {
        "title": "t", "id": IDS.format(1), "name": "n", "status": "test", "level": "low", "description": "d",
        "author": "a", "tags": ["attack.t1059"], "falsepositives": ["f"], "references": ["r"], "triage": ["x"],
        "title_vi": "x", "logsource": {"product": "windows", "category": "process_creation", "service": "sysmon"},
        "detection": {"s1": {"A|contains": ["x", "y"], "B": 1}, "s2": ["k"], "condition": "s1 or s2"},
    },
    {
        "title": "t", "id": IDS.format(2), "name": "c", "level": "low",
        "correlation": {
            "type": "value_count", "rules": ["n"], "group-by": ["User"], "timespan": "5m",
            "condition": {"gte": 3, "field": "A"}, "aliases": {"x": {"n": "A"}}, "generate": True,
        },
    },
    {
        "title": "f", "logsource": {"product": "windows"},
        "filter": {"rules": ["n"], "sel": {"A": "x"}, "condition": "not sel"},
    },
    {"placeholders": {"x": ["a"]}},
)  # fmt: skip


def places(data, path=()):
    """The way to every value in a document."""
    yield path
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(value, (*path, key))


def with_junk(data, path, junk):
    if not path:
        return junk
    data = copy.deepcopy(data)
    below = data
    for key in path[:-1]:
        below = below[key]
    below[path[-1]] = junk
    return data


PLACES = [(number, path) for number, document in enumerate(DOCUMENTS) for path in places(document)]


@settings(max_examples=examples(150))
@given(st.sampled_from(PLACES), st.sampled_from(JUNK))
def test_anything_anywhere_is_good_or_told_and_what_is_left_loads(place, junk):
    number, path = place
    texts = [
        yaml.safe_dump(with_junk(document, path, junk) if number == each else document, sort_keys=False)
        for each, document in enumerate(DOCUMENTS)
    ]
    done = compiled(*texts, GOOD)
    assert all(found.line > 0 and found.column > 0 and found.message for found in done.problems)
    judge = Judge.load(json.loads(json.dumps(done.pack)), Book.of(done.about))
    correlations.load(done.pack, judge.rules, judge.book)
    event = record({"A": "good"})
    assert IDS.format(99) in [found.id for found in judge.match(event)]
    for found in judge.rules.values():
        judge.why_not(event, found)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)


@pytest.mark.parametrize("text", [
    BOMB + "title: x\ndetection: {s: {A: *a11}, condition: s}\n",
    "title: x\ndetection: &d {s: *d, condition: s}\n",
    "title: x\na: &a [*a]\n",
    "title: x\na: " + "[" * 5_000 + "]" * 5_000 + "\n",
    "title: x\na: " + "{a: " * 5_000 + "}" * 5_000 + "\n",
])  # fmt: skip
def test_bombs_cycles_and_depths_are_refused_at_once_in_little_memory(text):
    said = bounded(
        "import json, sys\n"
        "from pathlib import Path\n"
        "from tramgac_rules.authoring.compile import compile_rules\n"
        "done = compile_rules([Path(sys.argv[1])])\n"
        "print(json.dumps([[found.kind for found in done.problems], len(done.pack['rules'])]))\n",
        {"a.yml": text, "b.yml": GOOD},
        megabytes=600,
        seconds=20,
    )
    kinds, rules = json.loads(said)
    assert kinds in (["size"], ["yaml"])
    assert rules == 1


def with_words(key, words, number=1):
    """A rule with a long list; PyYAML would take seconds to write it."""
    short = rule({key: ["@"]} if key else ["@"], number=number)
    return re.sub(
        r"^( *)- '@'$", lambda found: "\n".join(f"{found[1]}- {word}" for word in words), short, flags=re.MULTILINE
    )


@pytest.mark.slow
def test_a_list_of_ten_thousand_is_taken_and_found_from():
    words = [f"word{number:05}" for number in range(10_000)]
    judge = judge_of(
        with_words("A|contains", words),
        with_words("A|endswith|all", words, 2),
        with_words("", words, 3),
        with_words("A|re", words[-1_000:], 4),
    )
    event = record({"A": "a word09999 b"})
    assert [found.title for found in judge.match(event)] == ["rule 1", "rule 3", "rule 4"]
    assert not judge.match(record({"A": "a word 09999"}))


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){12}b", "^(([a-z])+.)+[A-Z]([a-z])+$", ".{1000,}b"])
def test_an_expression_that_runs_away_elsewhere_takes_its_time_in_proportion(pattern):
    judge = judge_of(rule({"A|re": pattern}))
    judge.match(record({"A": "a"}))
    begin = time.process_time()
    judge.match(record({"A": "a" * (MAX_VALUE - 1) + "!"}))
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "pattern", ["a{1000}{1000}", "(?=a)", "(a)\\1", "(", "(((((a{30}){30}){30}){30}){30})", "[z-a]"]
)
def test_an_expression_that_cannot_be_bounded_is_refused(pattern):
    done = compiled(rule({"A|re": pattern}), GOOD)
    assert [(found.kind, found.line) for found in done.errors] == [("regex", 7)]


def test_wildcards_that_run_away_elsewhere_take_their_time_in_proportion():
    judge = judge_of(rule({"A": "*a" * 300 + "*b"}), rule({"A": "*?a" * 300 + "c*"}, number=2))
    begin = time.process_time()
    assert not judge.match(record({"A": "a" * MAX_VALUE}))
    assert time.process_time() - begin < 5
    assert judge.match(record({"A": "a" * 300 + "b"}))


@pytest.mark.parametrize(("pattern", "met", "missed"), [
    ("*", ["", "x"], []),
    ("***", ["", "x"], []),
    ("?", ["x"], ["", "xy"]),
    ("*?*", ["x", "xy"], [""]),
    ("?" * 1_000, ["x" * 1_000], ["x" * 999, "x" * 1_001]),
    ("*?" * 500, ["x" * 500, "x" * 501], ["x" * 499]),
])  # fmt: skip
def test_wildcards_alone(pattern, met, missed):
    judge = judge_of(rule({"A": pattern}))
    assert all(judge.match(record({"A": text})) for text in met)
    assert not any(judge.match(record({"A": text})) for text in missed)
    assert not judge.match(record({}))


@pytest.mark.parametrize("word", ["x" * 30_000, "word " * 6_000])
@pytest.mark.parametrize("key", ["A|contains", "CommandLine|endswith", ""])
def test_a_text_that_repeats_itself_costs_no_square_of_its_length(key, word):
    begin = time.process_time()
    judge = judge_of(with_words(key, [f"'{word}'"]))
    assert not judge.match(record({"A": f"y{word[:-1]}"}))
    assert time.process_time() - begin < 3


def test_a_text_longer_than_what_is_looked_for_is_met_by_all_of_it_alone():
    word = "word " * 1_000
    judge = judge_of(with_words("A|contains", [f"'{word}end'"]), with_words("", [f"'{word}end'"], 2))
    assert [found.title for found in judge.match(record({"A": f"a {word}END"}))] == ["rule 1", "rule 2"]
    assert not judge.match(record({"A": f"a {word}en"}))


def test_a_file_of_a_megabyte_is_read_and_one_of_more_than_two_is_refused():
    text = with_words("A|contains", [f"{number:0400}w" for number in range(2_500)])
    assert len(text) > 1_000_000
    assert judge_of(text).match(record({"A": f"{2_499:0400}w"}))
    done = compiled(f"# {'x' * MAX_FILE}\n{GOOD}")
    assert [(found.kind, found.line) for found in done.problems] == [("size", 1)]
    done = compiled(rule({"A": "x"}, description="x" * 1_000_000), GOOD)
    assert [found.kind for found in done.errors] == ["size"]
    assert len(done.pack["rules"]) == 1


def nested(condition, times):
    for _ in range(times):
        condition = f"(a or b and {condition})"
    return condition


def listed(selection, times):
    for _ in range(times):
        selection = [selection, {"B": "y"}]
    return selection


def correlation(**more):
    words = {"type": "event_count", "rules": ["n"], "group-by": ["User"], "timespan": "5m", "condition": {"gte": 3}}
    return yaml.safe_dump({"title": "t", "id": IDS.format(2), "level": "low", "correlation": {**words, **more}})


def filter_of(title="f", words=("x",), condition="not s"):
    logic = {"rules": "any", "s": {"A": [*words]}, "condition": condition}
    return yaml.safe_dump({"title": title, "logsource": {"product": "windows"}, "filter": logic})


LONG = "x" * 70_000
NAMED = rule({"A": "x"}, name="n")
UNNAMED = re.sub("^id: .*\n", "", rule({"A": "x"}), flags=re.MULTILINE)
SMALL = {"a": {"A": "x"}, "b": {"B": "x"}}
MUCH = {f"s{number}": {"A": ["x"]} for number in range(1_000)}


@pytest.mark.parametrize(("kind", "texts"), [
    ("size", [rule({"A": LONG})]),
    ("size", [rule({"A|contains": ["x", LONG, "y"]})]),
    ("size", [rule([LONG])]),
    ("size", [rule({"A|re": LONG})]),
    ("regex", [rule({"A|re": ["a", "x" * 5_000]})]),
    ("size", [rule({"A": f"{LONG}*{LONG}"})]),
    ("size", [rule({"A": f"*{'x?' * 8_000}y*"})]),
    ("size", [rule({"A|fieldref": LONG})]),
    ("size", [rule({"A|wide|base64offset|contains": LONG[:60_000]})]),
    ("windash", [rule({"A|windash": f"-a -b -c -d {LONG[:60_000]}"})]),
    ("size", [rule({"A|windash": ["-a -b -c -d -e"] * 40})]),
    ("size", [with_words("A", [f"&long {'x' * 60_000}", *["*long"] * 300])]),
    ("size", [rule({LONG: "x"})]),
    ("size", [rule({LONG: {"A": "x"}, "condition": "1 of x*"})]),
    ("size", [rule({"A": "x"}, logsource={"product": LONG})]),
    ("size", [rule({"A": "x"}, references=["x"] * 10_001)]),
    ("size", [rule({**SMALL, "condition": nested("a", 25)})]),
    ("size", [rule({**SMALL, "a": listed({"A": "x"}, 45), "condition": "a or b"})]),
    ("size", [rule({**MUCH, "condition": " or ".join(["all of them"] * 500)})]),
    ("size", [rule({**MUCH, "condition": ["all of them"] * 500})]),
    ("duplicate", [UNNAMED, UNNAMED]),
    ("size", [NAMED, filter_of(title=LONG)]),
    ("size", [NAMED, correlation(**{"group-by": [LONG]})]),
    ("size", [NAMED, correlation(aliases={"User": {"n": LONG}})]),
    ("size", [NAMED, correlation(type="temporal", condition=" or ".join(["n"] * 20_000))]),
])  # fmt: skip
def test_what_no_program_would_load_is_an_error_at_its_place_and_the_rest_loads(kind, texts):
    begin = time.process_time()
    done = compiled(*texts, GOOD)
    assert {found.kind for found in done.errors} == {kind}
    assert all(found.line > 1 or found.column > 1 for found in done.errors if found.kind == "size")
    assert all(found.advice for found in done.errors)
    judge = Judge.load(json.loads(json.dumps(done.pack)), Book.of(done.about))
    correlations.load(done.pack, judge.rules, judge.book)
    assert IDS.format(99) in [found.id for found in judge.match(record({"A": "good"}))]
    assert time.process_time() - begin < 5


def test_filters_without_number_are_one_level_and_what_they_make_too_large_is_left_out(monkeypatch):
    few = [filter_of(words=[f"f{number}"]) for number in range(60)]
    judge = judge_of(rule({"A": ["x", "f3"]}), *few)
    assert judge.match(record({"A": "x"}))
    assert not judge.match(record({"A": "f3"}))
    monkeypatch.setattr(sizes, "MAX_VALUES", 50)
    large = [filter_of(f"f{number}", words=["x"] * 40) for number in range(3)]
    refers = correlation(rules=[IDS.format(1)])
    done = compiled(rule({"A": "x"}), refers, rule({"A": "good"}, number=3, logsource={"product": "linux"}), *large)
    assert [(found.kind, found.line) for found in done.errors] == [("size", 1), ("reference", 7)]
    assert [one["id"] for one in done.pack["rules"]] == [IDS.format(3)]
    assert done.pack["correlations"] == []


@pytest.mark.parametrize(("condition", "kind"), [
    ("s | count() by A > 5", "aggregation"),
    ("s | count(B) by A > 5", "aggregation"),
    ("s | near s", "aggregation"),
])  # fmt: skip
def test_old_conditions_are_refused_with_what_to_write_instead(condition, kind):
    (found,) = compiled(rule({"s": {"A": "x"}, "condition": condition})).errors
    assert (found.kind, found.line) == (kind, 8)
    assert "correlation" in found.advice
