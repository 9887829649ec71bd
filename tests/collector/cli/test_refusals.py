import json
from pathlib import Path

import pytest
from tramgac_collector.cli.refusals import refusal

STATE = Path("/state")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def told(status, code="refused", **params):
    error = refusal(status, json.dumps({"error": code, "params": params}).encode(), "/api/x", STATE)
    return error.status, str(error)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (
            {"field": "kind", "value": "odd", "allowed": ["process_start", "health"]},
            "--kind: there is no 'odd'; choose from: process_start, health.",
        ),
        (
            {"fields": [{"at": "body.ttl_s", "kind": "less_than_equal", "limits": {"le": 5}}]},
            "--valid may be 5 at most.",
        ),
        (
            {"fields": [{"at": "query.q", "kind": "string_too_long", "limits": {"max_length": 9}}]},
            "QUERY has more than 9",
        ),
        (
            {"fields": [{"at": "path.alert", "kind": "string_pattern_mismatch"}]},
            "ALERT has a form that is not accepted",
        ),
        ({"fields": [{"at": "body.uses", "kind": "less_than_equal"}]}, "--uses has a form that is not accepted"),
        ({"field": "since", "value": "\x1b[2J"}, "--since: \\x1b[2J is not accepted."),
        (
            {"field": "q", "refusal": "search_field_near", "name": "a", "near": "b", "at": 3},
            "There is no field a (character 3 of the search); near it: b.",
        ),
        ({"refusal": "reason_missing", "verdict": "duplicate"}, "duplicate needs a reason, for the next person who"),
        ({"field": "name", "refusal": "user_name", "most": 128}, "A user's name has 1 to 128 printable characters."),
    ],
)
def test_what_was_typed_wrong_is_misuse(params, says):
    status, text = told(422, **params)
    assert status == 2
    assert text.startswith(says)


@pytest.mark.parametrize(
    ("status", "code", "params", "says"),
    [
        (
            404,
            "not_found",
            {"refusal": "user_unknown", "name": "an"},
            "There is no user an; `tramgac users` lists them",
        ),
        (422, "refused", {"refusal": "alert_ambiguous", "id": "12345678", "found": ["a", "b"]}, "Several alerts begin"),
        (422, "refused", {"refusal": "content_refused", "reason": "older"}, "The collector does not take these rules"),
        (422, "refused", {"refusal": "of_a_later_version", "reason": "why"}, "The collector refused: why"),
        (409, "conflict", {"refusal": "user_exists", "reason": "there"}, "The collector refused: there"),
        (404, "not_found", {}, "The collector knows no /api/x: is it of another version?"),
        (401, "not_signed_in", {}, "The collector does not accept the credential in /state/run"),
        (413, "too_large", {"limit": 7}, "What was sent is too large: 7 bytes at most."),
        (503, "unavailable", {"reason": "gone"}, "The event store does not answer; `tramgac collector doctor`"),
        (500, "internal", {"reference": "ab12"}, "The collector failed at this (ab12)"),
        (507, "disk_full", {"reference": "ab12"}, "The collector's disk is full, so nothing was changed"),
        (418, "teapot", {}, "The collector refused: teapot"),
    ],
)
def test_what_the_collector_will_not_do_is_a_failure(status, code, params, says):
    exit_status, text = told(status, code, **params)
    assert exit_status == 1
    assert text.startswith(says)
    assert "{" not in text, "no JSON reaches a person"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 1}', b'{"error": "x", "params": 3}', b"null"])
def test_an_answer_that_is_none_of_ours(body):
    error = refusal(502, body, "/api/x", STATE)
    assert (error.status, str(error)) == (1, "The collector refused: HTTP 502")


def test_in_vietnamese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    needed = told(422, "reason_missing", refusal="reason_missing", verdict="duplicate")[1]
    assert needed.startswith("duplicate cần lý do, cho người sau gặp lại cảnh báo này")
    assert told(404, "not_found", refusal="host_unknown", id="máy")[1].startswith("Không có máy trạm máy;")
