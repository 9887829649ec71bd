import pytest
from tramgac_rules.operators import OPERATORS, escape

from tests.rules.making import meets

LONG = "x" * 32_768

CASES = [
    # detection, fields, met
    ({"A": "Whoami.EXE"}, {"A": "WHOAMI.exe"}, True),
    ({"A": "whoami"}, {"A": "whoami.exe"}, False),
    ({"A": "whoami"}, {}, False),
    ({"A": 4624}, {"A": "4624"}, True),
    ({"A": "4624"}, {"A": "4624"}, True),
    ({"A": True}, {"A": "True"}, True),
    ({"A": ""}, {"A": ""}, True),
    ({"A": ""}, {}, False),
    ({"A": None}, {}, True),
    ({"A": None}, {"A": ""}, False),
    ({"A": "*"}, {"A": ""}, True),
    ({"A": "*"}, {}, False),
    ({"A|exists": True}, {"A": ""}, True),
    ({"A|exists": True}, {}, False),
    ({"A|exists": False}, {}, True),
    ({"A|contains": "mid"}, {"A": "aMIDb"}, True),
    ({"A|contains": "a*c"}, {"A": "xxabcxx"}, True),
    ({"A|startswith": "C:\\"}, {"A": "c:\\windows"}, True),
    ({"A|endswith": "\\"}, {"A": "c:\\temp\\"}, True),
    ({"A|startswith": "\\\\"}, {"A": "\\server"}, True),  # two backslashes are one, Sigma says
    ({"A|contains": "\\*"}, {"A": "a*b"}, True),
    ({"A|contains": "\\*"}, {"A": "a\\b"}, False),
    ({"A": "a?c"}, {"A": "a\nc"}, True),
    ({"A": "a?c"}, {"A": "ac"}, False),
    ({"A": "a*c"}, {"A": "a\nb\nc"}, True),
    ({"A|contains|all": ["x", "y"]}, {"A": "yx"}, True),
    ({"A|contains|all": ["x", "y"]}, {"A": "y"}, False),
    ({"A|contains": ["x", "y"]}, {"A": "y"}, True),
    ({"A|cased": "Ab"}, {"A": "Ab"}, True),
    ({"A|cased": "Ab"}, {"A": "ab"}, False),
    ({"A|contains|cased": "Ab"}, {"A": "xAbx"}, True),
    ({"A|contains|cased": "Ab"}, {"A": "xabx"}, False),
    ({"A|re": "b[0-9]c"}, {"A": "ab7cd"}, True),
    ({"A|re": "B"}, {"A": "b"}, False),
    ({"A|re|i": "B"}, {"A": "b"}, True),
    ({"A|re": "^b"}, {"A": "a\nb"}, False),
    ({"A|re|m": "^b"}, {"A": "a\nb"}, True),
    ({"A|re": "a.b"}, {"A": "a\nb"}, False),
    ({"A|re|s": "a.b"}, {"A": "a\nb"}, True),
    ({"A|re": ".{4,}"}, {"A": "abc\nabcd"}, True),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "10.1.2.3"}, True),
    ({"A|cidr": "10.1.2.3/8"}, {"A": "10.9.9.9"}, True),  # bits of the host are allowed
    ({"A|cidr": "10.0.0.0/8"}, {"A": "::ffff:10.1.2.3"}, True),
    ({"A|cidr": "fe80::/10"}, {"A": "fe80::1%eth0"}, True),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "11.1.2.3"}, False),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "no address"}, False),
    ({"A|gt": 5}, {"A": "6"}, True),
    ({"A|gte": 5}, {"A": "5.0"}, True),
    ({"A|lt": 5}, {"A": "5"}, False),
    ({"A|lte": 5}, {"A": "five"}, False),
    ({"A|gt": 5}, {"A": "nan"}, False),
    ({"A|gt": 5}, {"A": "inf"}, False),
    ({"A|neq": "x"}, {"A": "y"}, True),
    ({"A|neq": "x"}, {"A": "X"}, False),
    ({"A|neq": "x"}, {}, True),
    ({"A|fieldref": "B"}, {"A": "One", "B": "oNE"}, True),
    ({"A|fieldref": "B"}, {"A": "one"}, False),
    ({"A|fieldref|endswith": "B"}, {"A": "c:\\One", "B": "one"}, True),
    ({"A|fieldref|startswith": "B"}, {"A": "c:\\One", "B": "one"}, False),
    ({"A|windash|contains": " -x"}, {"A": "cmd /X"}, True),
    ({"A|windash|contains": " -x"}, {"A": "cmd \u2013x"}, True),
    ({"A|base64offset|contains": "http://"}, {"A": "xx aHR0cDovL2V4YW1wbGU="}, True),
    ({"A|wide|base64offset|contains": "whoami"}, {"A": "dwBoAG8AYQBtAGkA"}, True),
    ({"A|base64": "foobar"}, {"A": "Zm9vYmFy"}, True),
    ({"A|hour": 3}, {"A": "2026-01-31 03:59:00.123"}, True),
    ({"A|year": 2026}, {"A": "2026-01-31T03:59:00.1234567Z"}, True),
    ({"A|week": 5}, {"A": "2026-01-31T03:59:00Z"}, True),
    ({"A|minute": 1}, {"A": "no time"}, False),
    ({"A|hour|gte": 22}, {"A": "2026-01-31T22:00:00Z"}, True),
    ({"A|hour|gte": 22}, {"A": "2026-01-31T21:59:59Z"}, False),
    ({"A|hour|gt": 4}, {"A": "5"}, False),
    ({"A|day|lt": 2}, {"A": "2026-02-01 00:00:00"}, True),
    ({"A|year|lte": 2025}, {"A": "2026-01-31T03:59:00Z"}, False),
    ({"A": "x"}, {"A": ("w", "X")}, True),
    ({"A": "x"}, {"A": ("w", "v")}, False),
    ({"A|contains": "\u0130"}, {"A": "a\u0130b"}, True),
    ({"A|contains": "\u03c3"}, {"A": "\u0391\u03a3\u0391"}, True),
    ({"A|endswith": "k"}, {"A": "\u212a"}, True),  # the sign of the kelvin is a k in lower case
    ({"A|contains": "s"}, {"A": "\u017f"}, False),  # the long s is none
    ({"A Name": "x"}, {"AName": "x"}, True),
]


@pytest.mark.parametrize(("detection", "fields", "met"), CASES, ids=lambda value: str(value)[:40])
def test_cases(detection, fields, met):
    assert meets(detection, fields) is met


@pytest.mark.parametrize(("words", "fields", "met"), [
    (["one", "two"], {"A": "xx TWO"}, True),
    (["one"], {"A": "on e"}, False),
    ("a*c", {"A": "xabcx"}, True),
    (7045, {"B": "x7045"}, True),
    ({"|all": ["one", "two"]}, {"A": "one", "B": "two"}, True),
    ({"|all": ["one", "two"]}, {"A": "one"}, False),
    ({"|re": "o[n]e"}, {"A": "xonex"}, True),
    (["sysmon/operational"], {}, True),  # System's fields are fields
])  # fmt: skip
def test_keywords_are_looked_for_in_every_field(words, fields, met):
    assert meets({"keywords": words, "condition": "keywords"}, fields, channel="X-Sysmon/Operational") is met


def test_a_value_is_looked_at_up_to_its_limit():
    assert meets({"A|endswith": "x"}, {"A": LONG + "y"})
    assert not meets({"A|contains": "q"}, {"A": LONG + "q"})
    assert not meets({"A|re": "q"}, {"A": LONG + "q"})
    assert not meets({"keywords": ["q"], "condition": "keywords"}, {"A": LONG + "q"})


def test_patterns_are_as_authors_write_them():
    assert OPERATORS["contains"].pattern("a*b") == "*a\\*b*"
    assert OPERATORS["wild"].pattern((None, "a", 1, "b")) == "*a?b"
    assert escape("c:\\") == "c:\\"
