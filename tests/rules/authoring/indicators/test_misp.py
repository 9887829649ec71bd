import json

import pytest
from tramgac_rules.authoring.indicators.misp import read
from tramgac_rules.authoring.problems import Problem


def attribute(type_, value, number=1, **more):
    return {"uuid": f"uuid-{number}", "type": type_, "value": value, "to_ids": True, "comment": "", **more}


def event(*attributes, **more):
    return {"info": "A campaign", "threat_level_id": "1", "Orgc": {"name": "CERT"}, "Attribute": [*attributes], **more}


def told(data):
    return [*read("misp.json", json.dumps(data, indent=1), "misp")]


DOMAIN = attribute("domain", "evil.example", comment="C2")


@pytest.mark.parametrize("data", [
    {"Event": event(DOMAIN)},
    {"response": [{"Event": event(DOMAIN)}]},
    [{"Event": event(DOMAIN)}],
    {"Event": event(Object=[{"name": "domain-ip", "Attribute": [DOMAIN]}])},
    {"response": {"Attribute": [{**DOMAIN, "Event": event()}]}},
    {"Attribute": [{**DOMAIN, "Event": event()}]},
])  # fmt: skip
def test_the_forms_of_an_export(data):
    (it,) = told(data)
    assert (it.kind, it.value, it.level, it.source) == ("domain", "evil.example", "high", "MISP, CERT")
    assert (it.note, it.name) == ("A campaign: C2", "uuid-1")


def test_the_place_is_the_attributes():
    first, second = told({"response": [{"Event": event(DOMAIN, attribute("url", "http://a.example/", 2))}]})
    text = json.dumps({"response": [{"Event": event(DOMAIN, attribute("url", "http://a.example/", 2))}]}, indent=1)
    for it, number in ((first, 1), (second, 2)):
        assert text.splitlines()[it.line - 1][it.column - 1 :].startswith(f'"uuid-{number}"')


@pytest.mark.parametrize(("type_", "value", "wanted"), [
    ("sha256", "ab", [("sha256", "ab")]),
    ("filename|sha256", "x.exe|ab", [("sha256", "ab")]),
    ("ip-dst", "1.2.3.4", [("address", "1.2.3.4")]),
    ("ip-dst|port", "1.2.3.4|443", [("address", "1.2.3.4")]),
    ("domain|ip", "a.example|1.2.3.4", [("domain", "a.example"), ("address", "1.2.3.4")]),
    ("hostname", "www.a.example", [("hostname", "www.a.example")]),
    ("url", "http://a/|b", [("url", "http://a/|b")]),
    ("filename", "x.exe", [("name", "x.exe")]),
    ("imphash", "ab", [("imphash", "ab")]),
])  # fmt: skip
def test_types(type_, value, wanted):
    assert [(it.kind, it.value) for it in told({"Event": event(attribute(type_, value))})] == wanted


def test_what_is_not_meant_for_detection_or_was_deleted_is_passed_over():
    quiet = [{"to_ids": False}, {"to_ids": "0"}, {"deleted": True}, {"deleted": "1"}]
    assert told({"Event": event(*(attribute("domain", "a.example", **more) for more in quiet))}) == []
    assert len(told({"Event": event(attribute("domain", "a.example", to_ids="1"))})) == 1


def test_what_events_do_not_have_is_said():
    problem, good = told({"Event": event(attribute("mutex", "x"), DOMAIN)})
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.line > 1) == ("info", True)
    assert "uuid-1: nothing in events is compared with a 'mutex'" in problem.message
    assert good.value == "evil.example"


def test_odd_shapes_are_nothing_to_us():
    for data in ({"Event": []}, {"Event": {"Attribute": "x", "Orgc": 5}}, [1, "x", None, [[[]]]], {"response": 5}):
        assert told(data) == []
    deep = {"Attribute": [DOMAIN]}
    for _ in range(50):
        deep = {"Object": [deep]}
    assert told({"Event": deep}) == []
