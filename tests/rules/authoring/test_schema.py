import pytest
from tramgac_rules.authoring.documents import read_documents
from tramgac_rules.authoring.schema import KEYS, shape_problems

from tests.rules.making import compiled, rule

GOOD = """title: A
id: 00000000-0000-4000-8000-000000000001
name: a_rule
status: test
description: What it is.
license: DRL-1.1
references: [https://example.org]
author: Somebody, another
date: 2026-01-31
modified: "2026-02-28"
related:
  - {id: 00000000-0000-4000-8000-000000000002, type: derived}
tags: [attack.t1059]
logsource: {product: windows, category: process_creation, service: sysmon, definition: What is to be switched on}
fields: [Image]
falsepositives: [Unknown]
level: low
scope: [server]
taxonomy: sigma
title_vi: A
triage: [Look]
"""


def told(text):
    (document,), problems = read_documents("x.yml", text)
    assert not problems
    return [(one.line, one.column, str(one.message), str(one.advice)) for one in shape_problems(document)]


def test_what_is_of_the_shape_is_not_told():
    assert told(GOOD) == []
    assert told("title: x\nreferences:\ndate:\nrelated:\nlogsource:\n") == []
    assert told("title: x\nx_our_own: 1\nregression_tests_path: x\n") == []


@pytest.mark.parametrize(("text", "said"), [
    ("falsepositive: [x]", (1, 1, "nothing reads the key 'falsepositive'", "Did you mean 'falsepositives'?")),
    ("Level: high", (1, 1, "nothing reads the key 'Level'", "Did you mean 'level'?")),
    ("references: {a: b}", (1, 13, "references is to be a list of texts", "")),
    ("falsepositives: [x, 5]", (1, 17, "falsepositives is to be a list of texts", "")),
    ("tags: attack.t1059", (1, 7, "tags is to be a list of texts", "")),
    ("author: [a, b]", (1, 9, "author is to be a text", "")),
    ("title: 5", (1, 8, "title is to be a text", "")),
    ("modified: never", (1, 11, "modified is to be a date, YYYY-MM-DD", "")),
    ("date: 2026/01/31", (1, 7, "date is to be a date, YYYY-MM-DD", "")),
    ("date: '2026-13-31'", (1, 7, "date is to be a date, YYYY-MM-DD", "")),
    ("logsource: {productt: x}", (1, 13, "nothing reads the key 'productt'", "Did you mean 'product'?")),
    ("logsource: {product: [x]}", (1, 22, "product is to be a text", "")),
    ("related: x", (1, 10, "related is to be a list of `id` and `type`", "")),
    ("related: [{id: x}]", (1, 11, "related is to be a list of `id` and `type`", "")),
    ("related: [{id: x, type: similar}]", (1, 16, "the id 'x' is no UUID", "")),
])  # fmt: skip
def test_each_fault_with_its_place(text, said):
    assert told(text) == [said]


def test_relations_are_those_of_the_schema():
    ((_, _, said, advice),) = told("related: [{id: 00000000-0000-4000-8000-000000000002, type: obsoletes}]")
    assert said == "'obsoletes' is no related.type"
    assert advice.startswith("One of derived, obsolete")


def test_a_rule_whose_shape_is_odd_loads_and_it_is_told():
    done = compiled(rule({"A": "x"}, references="https://example.org"))
    assert [(one.kind, one.severity) for one in done.problems] == [("schema", "warning")]
    assert len(done.pack["rules"]) == 1


def test_correlations_and_filters_are_looked_at_too():
    correlation = (
        "title: c\nid: 00000000-0000-4000-8000-000000000009\nlevel: low\nauthors: x\n"
        "correlation: {type: event_count, rules: [r], group-by: [A], timespan: 5m, condition: {gte: 3}}\n"
    )
    filter_ = "title: f\ndate: x\nlogsource: {product: windows}\nfilter: {rules: any, s: {A: y}, condition: not s}\n"
    done = compiled(rule({"A": "x"}, name="r"), correlation, filter_)
    assert [str(one.message) for one in done.of_kind("schema")] == [
        "nothing reads the key 'authors'",
        "date is to be a date, YYYY-MM-DD",
    ]
    assert {"correlation", "filter"} <= KEYS
