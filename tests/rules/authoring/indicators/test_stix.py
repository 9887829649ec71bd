import json

import pytest
from tramgac_rules.authoring.indicators.stix import read
from tramgac_rules.authoring.problems import Problem

MAKER = {"type": "identity", "id": "identity--1", "name": "Some CERT"}
GOOD = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--1",
    "created_by_ref": "identity--1",
    "name": "A trojan's server",
    "pattern": "[domain-name:value = 'evil.example']",
    "pattern_type": "stix",
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": "2026-01-31T00:00:00.000Z",
}


def told(*objects):
    bundle = {"type": "bundle", "id": "bundle--1", "objects": objects}
    return [*read("bundle.json", json.dumps(bundle, indent=1), "bundle")]


def test_an_indicator_with_all_that_is_known_of_it():
    (it,) = told(GOOD, {"type": "relationship", "source_ref": "indicator--1"}, MAKER)
    assert (it.kind, it.value, it.source, it.note) == ("domain", "evil.example", "Some CERT", "A trojan's server")
    assert (it.expires, it.name, it.line, it.column) == (1_769_817_600_000_000_000, "indicator--1", 8, 10)


def test_without_a_maker_the_file_is_the_source():
    (it,) = told({"type": "indicator", "pattern": "[url:value = 'http://a.example/']"})
    assert (it.source, it.note, it.expires, it.name) == ("bundle", "", 0, "")


@pytest.mark.parametrize(("change", "severity", "said"), [
    ({"pattern": "[url:value LIKE 'x']"}, "info", "indicator--1: the pattern is more than a value"),
    ({"pattern": "[url:value = "}, "error", "indicator--1: a value is expected"),
    ({"pattern": None}, "error", "no pattern"),
    ({"pattern_type": "yara", "pattern": "rule x {}"}, "info", "its pattern is yara's"),
    ({"revoked": True}, "info", "revoked"),
    ({"indicator_types": ["benign"]}, "info", "benign"),
    ({"valid_until": "soon"}, "error", "valid_until: 'soon' is no time"),
    ({"valid_until": 5}, "error", "valid_until"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_id_and_the_rest_goes_on(change, severity, said):
    problem, good = told(MAKER, {**GOOD, **change}, {**GOOD, "id": "indicator--2"})
    assert isinstance(problem, Problem)
    assert (problem.path, problem.line, problem.column, problem.severity) == ("bundle.json", 13, 10, severity)
    assert said in problem.message
    assert good.name == "indicator--2"


def test_what_is_no_indicator_is_nothing_to_us():
    assert told("x", 1, None, [], {"type": "malware"}, {"type": ["indicator"]}) == []
    (problem,) = read("x.json", '{"objects": {"type": "indicator"}}', "")
    assert problem.severity == "error"
