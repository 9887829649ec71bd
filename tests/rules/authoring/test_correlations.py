import pytest
from tramgac_rules.authoring.correlations import read_correlation
from tramgac_rules.authoring.documents import read_documents

GOOD = """title: many
correlation:
  type: event_count
  rules: [failed_login]
  group-by: [User]
  timespan: 10m
  condition: {gte: 10}
"""


def read(text):
    (document,), problems = read_documents("c.yml", text)
    assert not problems
    return read_correlation(document)


def said(text):
    return [(found.line, found.column, found.severity, found.kind, found.message) for found in read(text).problems]


def only(text):
    """The line and the words of the one thing that is wrong."""
    (found,) = read(text).problems
    return found.line, f"{found.message}. {found.advice}"


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_correlation_as_its_author_wrote_it():
    draft = read(GOOD)
    assert draft.problems == []
    assert (draft.type, [name for name, _ in draft.rules], draft.group_by, draft.span, draft.bounds) == (
        "event_count", ["failed_login"], ["User"], 600, [("gte", 10)],
    )  # fmt: skip
    assert (draft.generate, draft.percentile, draft.values, draft.aliases) == (False, 50, [], {})


def test_single_texts_stand_for_lists_and_capitals_for_types():
    draft = read(
        changed("[failed_login]", "failed_login").replace("[User]", "Threat Name").replace("event_c", "Event_C")
    )
    assert draft.problems == []
    assert ([name for name, _ in draft.rules], draft.group_by) == (["failed_login"], ["ThreatName"])


@pytest.mark.parametrize(("text", "seconds"), [
    ("90s", 90), ("10m", 600), ("2h", 7_200), ("7d", 604_800), ("1w", 604_800), ("1M", 2_629_746), ("1y", 31_556_952),
])  # fmt: skip
def test_timespans(text, seconds):
    assert read(changed("10m", text)).span == seconds


@pytest.mark.parametrize("text", ["10", "m", "0s", "10 m", "1.5h", "10min", "-5m", "11y", "9" * 30 + "s", "[1m]"])
def test_what_is_no_timespan(text):
    line, words = only(changed("10m", text))
    assert line == 6
    assert "is no timespan" in words


def test_ranges():
    assert read(changed("{gte: 10}", "{gt: 100, lte: 200}")).bounds == [("gt", 100), ("lte", 200)]


def test_aliases_by_rule():
    text = GOOD + "  aliases:\n    User: {failed_login: Target User}\n"
    draft = read(text)
    assert draft.problems == []
    assert draft.field_of("User", "failed_login") == "TargetUser"
    assert draft.field_of("User", "other") == "User"


def test_generate_here_or_beside():
    assert read(GOOD + "  generate: true\n").generate
    assert read(GOOD + "generate: true\n").generate
    assert not read(GOOD + "generate: false\n").generate
    assert only(GOOD + "generate: maybe\n") == (8, "`generate` is true or false. ")


VALUES = changed("event_count", "value_count").replace("{gte: 10}", "{gte: 10, field: [Source, Port]}")


def test_fields_to_count_and_to_reckon_with():
    assert read(VALUES).values == ["Source", "Port"]
    draft = read(VALUES.replace("value_count", "value_percentile").replace("[Source, Port]", "Size, percentile: 99.5"))
    assert (draft.problems, draft.values, draft.percentile) == ([], ["Size"], 99.5)


def test_a_percentile_that_is_not_given_is_told():
    draft = read(VALUES.replace("value_count", "value_percentile").replace("[Source, Port]", "Size"))
    assert [(found.severity, found.message) for found in draft.problems] == [
        ("warning", "without `percentile` it is 50, the median")
    ]


WORDS = """title: words
correlation:
  type: temporal
  group-by: [User]
  timespan: 10m
  condition: login-a AND (5638f7c0-ac70-491d-8465-2a65075e0d86 OR NOT b)
"""


def test_words_with_capitals_hyphens_and_ids():
    draft = read(WORDS)
    assert draft.problems == []
    assert [name for name, _ in draft.rules] == ["login-a", "5638f7c0-ac70-491d-8465-2a65075e0d86", "b"]
    assert [(sorted(wanted), sorted(refused)) for wanted, refused in draft.ways] == [
        (["5638f7c0-ac70-491d-8465-2a65075e0d86", "login-a"], []), (["login-a"], ["b"]),
    ]  # fmt: skip
    assert draft.text.startswith("login-a AND")


def test_temporal_without_a_condition_asks_for_all_rules():
    text = changed("event_count", "temporal_ordered").replace("[failed_login]", "[a, b, c]")
    assert read(text.replace("  condition: {gte: 10}\n", "")).bounds == [("gte", 3)]


@pytest.mark.parametrize(("text", "line", "words"), [
    (changed("type: event_count", "typ: event_count"), None, "the key 'typ' is unknown. Did you mean 'type'?"),
    (changed("event_count", "event_cuont"), 3, "'event_cuont' is no type of correlation. Did you mean 'event_count'?"),
    (changed("[failed_login]", "{a: b}"), 4, "`rules` is a list of ids or names"),
    (changed("[failed_login]", "[]"), 4, "refers to no rule"),
    (changed("[failed_login]", "[a, a]"), 4, "the rule 'a' is listed twice"),
    (changed("[failed_login]", str([f"r{i}" for i in range(33)])), 4, "33 rules, 32 are allowed"),
    (changed("  timespan: 10m\n", ""), 3, "no timespan"),
    (changed("[User]", "[User, User]"), 5, "`group-by` is a field, or a list of at most 16"),
    (changed("[User]", "{User: x}"), 5, "`group-by` is a field"),
    (changed("  condition: {gte: 10}\n", ""), 3, "has no condition"),
    (changed("{gte: 10}", "[gte]"), 7, "a mapping is expected"),
    (changed("{gte: 10}", "a and b"), 7, "in words is for temporal types"),
    (changed("{gte: 10}", "{}"), 7, "has no operator"),
    (changed("{gte: 10}", "{gte: many}"), 7, "gte: 'many' is no number"),
    (changed("{gte: 10}", "{get: 10, gte: 2}"), 7, "the operator 'get' is unknown. Did you mean"),
    (changed("{gte: 10}", "{foo: 10, gte: 2}"), 7, "the operator 'foo' is unknown. One of "),
    (changed("{gte: 10}", "{gt: 10, lt: 5}"), 7, "nothing is > 10 and < 5"),
    (changed("{gte: 10}", "{gte: 10, field: User}"), 7, "takes no field. value_count counts"),
    (changed("{gte: 10}", "{gte: 10, percentile: 5}"), 7, "takes no percentile"),
    (VALUES.replace(", field: [Source, Port]", ""), 7, "value_count needs a field"),
    (VALUES.replace("gte: 10", "gte: 10001"), 7, "at most 10000 values are counted"),
    (VALUES.replace("value_count", "value_sum"), 7, "`field` is a field, or a list of at most 1"),
    (changed("event_count", "temporal"), 7, "nothing is ≥ 10 with 1 rules"),
    (WORDS.replace("NOT b", "NOT b)"), 6, "')' was not expected here"),
    (WORDS.replace("  group", "  rules: [login-a, b]\n  group"), 7, "`rules` does not list '5638f7c0"),
    (GOOD + "  aliases: [User]\n", 8, "`aliases` names fields"),
    (GOOD + "  aliases: {User: x}\n", 8, "the alias 'User' needs a field for each rule"),
    (GOOD + "  aliases: {User: {failed: x}}\n", 8, "does not list 'failed'. Did you mean 'failed_login'?"),
    (GOOD + "  aliases: {User: {failed_login: [x]}}\n", 8, "a field's name is expected"),
    (GOOD + "  aliases: {Nobody: {failed_login: x}}\n", 8, "nothing uses the alias 'Nobody'"),
    ("title: x\ncorrelation: 5\n", 2, "a mapping with type, rules"),
])  # fmt: skip
def test_each_fault_with_its_place(text, line, words):
    found = {(problem.line, f"{problem.message}. {problem.advice}") for problem in read(text).problems}
    assert any((line in (None, at)) and words in told for at, told in found), found


def test_a_fault_in_words_is_told_at_its_column():
    ((line, column, *_),) = said(WORDS.replace("OR NOT b", "XOR b"))
    assert (line, column) == (6, len("  condition: login-a AND (5638f7c0-ac70-491d-8465-2a65075e0d86 ") + 1)


def test_a_rule_that_the_words_do_not_name():
    text = WORDS.replace("  group", "  rules: [login-a, b, c, 5638f7c0-ac70-491d-8465-2a65075e0d86]\n  group")
    assert only(text) == (7, "the condition does not name the rule 'c'. Name it, or take it out of `rules`.")


@pytest.mark.parametrize("words", ["1 of them", "any of *", "all of login-*", "login-a and (2 OF them)"])
def test_several_by_their_names_are_told_once(words):
    text = WORDS.replace("  group", "  rules: [login-a, b]\n  group")
    line, told = only(text[: text.index("condition:")] + f"condition: {words}\n")
    assert line == 7
    assert "a correlation's condition does not take" in told
    assert "`condition: {gte: 1}`" in told
    alone = [found[-1] for found in said(WORDS[: WORDS.index("condition:")] + f"condition: {words}\n")]
    assert [message[:33] for message in alone] == [
        "the correlation refers to no rule",
        "a correlation's condition does no",
    ]


def test_all_faults_at_once():
    text = "title: x\ncorrelation:\n  type: nothing\n  timespan: long\n  condition: {gte: many}\n  odd: 1\n"
    assert len(said(text)) >= 5


def test_without_group_by_it_is_said_that_all_hosts_are_one_group():
    assert [severity for _, _, severity, *_ in said(changed("  group-by: [User]\n", ""))] == ["warning"]


@pytest.mark.parametrize("condition", ["{gte: 0}", "{gt: -1}", "{gte: 0, gt: -5}"])
def test_a_count_that_every_event_reaches_is_a_warning(condition):
    (found,) = said(changed("{gte: 10}", condition))
    assert found[:4] == (7, 14, "warning", "everything")


@pytest.mark.parametrize("condition", ["{gte: 1}", "{lt: 5}", "{gte: 0, lt: 5}"])
def test_a_count_that_some_do_not_reach_is_none(condition):
    assert said(changed("{gte: 10}", condition)) == []
