import string

import pytest
from tramgac_collector.cli.errors import Failed
from tramgac_collector.demo.causes import CAUSES, of_rule
from tramgac_collector.demo.lines import line

TITLES = {"title": "Log cleared", "title_vi": "Xoá nhật ký"}
SHEET = {**TITLES, "on_offer": True, "parked": None, "chosen": [], "exceptions": []}
BUSY, IDLE = {"id": 7, "held": 1, "every_rule": False}, {"id": 8, "held": 0, "every_rule": True}
OFF = {"site": "", "state": "off", "by": "an", "why": "too loud", "time": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        ({}, "late"),
        ({"on_offer": False}, "absent"),
        ({"parked": {"since": "2026-01-01T00:00:00Z"}, "chosen": [OFF]}, "parked"),
        ({"chosen": [OFF], "exceptions": [BUSY]}, "chosen"),
        ({"chosen": [OFF | {"state": "alert"}]}, "late"),
        ({"exceptions": [IDLE, BUSY]}, "excepted"),
    ],
)
@pytest.mark.parametrize("language", ["C.UTF-8", "vi_VN.UTF-8"])
def test_the_likeliest_cause_is_told_with_what_to_do(monkeypatch, known, cause, language):
    monkeypatch.setenv("LC_ALL", language)
    found = of_rule("r1", lambda _: SHEET | known)
    assert found["cause"] == cause
    facts = {"act": "log_cleared", "rules": [], "rules_vi": [], "latency_ms": None}
    told = line("detection", {**facts, "missing": [found | {"state": "/demo", "seconds": 15}]}, ok=False)
    assert "--state /demo" in told.splitlines()[1]
    assert found.get("exception") in (None, BUSY["id"])
    if cause != "absent":
        assert ("Log cleared" if language.startswith("C") else "Xoá nhật ký") in told.splitlines()[1]


def test_a_rule_that_nobody_knows():
    def unknown(_rule):
        raise Failed("no such rule")

    assert of_rule("r1", unknown) == {"rule": "r1", "cause": "absent"}


def test_both_languages_have_the_same_places():
    for english, vietnamese in CAUSES.values():
        places = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (english, vietnamese)]
        assert places[0] == places[1]
