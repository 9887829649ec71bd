import json

import pytest
from tramgac_rules.authoring.indicators.unread import by_beginning, json_fault


@pytest.mark.parametrize(("text", "said", "advice"), [
    (" ", "the file is empty", "Fetch it again"),
    ("1.2.3.4\n", "neither { nor [", "*.csv or *.txt"),
    ('{"objects": [', "breaks off", "Fetch it again"),
    ('{"a": "b', "breaks off", "Fetch it again"),
    ('{"a" "b"}', "a colon is missing", "what follows was not read"),
    ('{"a": 1 "b": 2}', "a comma is missing", "what follows was not read"),
    ('{"a": }', "a value is expected", "what follows was not read"),
    ('{"a": 1,}', "a key in double quotes", "Take out a comma before }"),
    ('{"a": "\t"}', "a tab as such", "what follows was not read"),
    ('{"a": "\\x"}', "no such escape", "what follows was not read"),
    ('{"a": 1}\n{"a": 2}', "after the end of the list", "Several objects go into one list"),
])  # fmt: skip
def test_each_cause_is_told_with_how_to_mend_it(text, said, advice):
    with pytest.raises(json.JSONDecodeError) as met:
        json.loads(text)
    fault = json_fault(text, met.value)
    assert (said in fault[0], advice in fault[1]) == (True, True), fault
    assert all(text.vi != text for text in fault), "in both languages"
    assert all("Expecting" not in text + text.vi for text in fault)


def test_what_a_reader_says_that_nobody_knows_is_given():
    error = json.JSONDecodeError("Something new", '{"a": 1}', 3)
    assert json_fault('{"a": 1}', error)[0] == "not JSON: Something new"


def test_what_is_something_else_altogether():
    assert by_beginning(b"  <HTML><body>")[0] == "a web page, no list"
    assert by_beginning(b"\x28\xb5\x2f\xfd")[0] == "packed (zstd)"
    assert by_beginning("a".encode("utf-16"))[0].startswith("not UTF-8")
    assert by_beginning(b"value,type") is None
