import json
from typing import Annotated

import pytest
from fastapi import FastAPI, Query
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from tramgac_collector import refusals
from tramgac_collector.api.answers import encode, install_handlers, lines
from tramgac_collector.api.errors import ApiError, Refused


def answered(error: Exception):
    app = FastAPI()
    install_handlers(app)

    @app.get("/")
    def fails(number: int = 0):
        raise error

    return TestClient(app).get("/")


def test_json_is_one_line_whatever_is_in_it():
    assert encode({"text": "a\nb\u2028c"}).count(b"\n") == 0


def test_lines_come_in_blocks_and_say_the_same():
    rows = [{"n": n, "text": "x" * 1000} for n in range(200)]
    blocks = list(lines(rows))
    assert 1 < len(blocks) < 10
    assert [json.loads(line) for line in b"".join(blocks).splitlines()] == rows
    assert list(lines([])) == []


def test_an_error_of_the_api_is_code_and_parameters():
    answer = answered(Refused(field="severity"))
    assert (answer.status_code, answer.json()) == (422, {"error": "refused", "params": {"field": "severity"}})


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (refusals.AlertUnknown("no alert"), 404, "not_found"),
        (refusals.HostUnknown("no host"), 404, "not_found"),
        (refusals.AlertChanged("changed"), 409, "conflict"),
        (refusals.UserExists("there"), 409, "conflict"),
        (refusals.ContentRefused("older"), 422, "refused"),
        (refusals.PasswordWeak("short"), 422, "refused"),
        (refusals.LoginRefused("which?"), 401, "login_refused"),
        (refusals.LoginDelayed(4), 429, "too_many_tries"),
    ],
)
def test_what_the_control_store_refuses_has_status_and_code(error, status, code):
    answer = answered(error)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_a_refusal_is_named_with_its_parameters():
    told = answered(refusals.AlertAmbiguous("several", found=["a", "b"])).json()["params"]
    assert told == {"refusal": "alert_ambiguous", "reason": "several", "found": ["a", "b"]}


def test_a_delay_says_how_long_and_a_refused_login_says_nothing():
    delayed = answered(refusals.LoginDelayed(4))
    assert delayed.headers["retry-after"] == "4"
    assert delayed.json()["params"] == {"retry_after_s": 4}
    assert answered(refusals.LoginRefused("no such user")).json()["params"] == {}


def test_every_refusal_has_a_status():
    def below(kind):
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    for kind in below(refusals.Refusal):
        made = kind(1) if kind is refusals.LoginDelayed else kind("text")
        assert 400 <= answered(made).status_code < 500


def test_the_frameworks_errors_have_the_same_shape_and_never_repeat_values():
    app = FastAPI()
    install_handlers(app)
    app.add_api_route("/", lambda number: number)
    client = TestClient(app)
    assert client.get("/nowhere").json() == {"error": "not_found", "params": {}}
    assert client.post("/").json() == {"error": "method_not_allowed", "params": {}}
    assert answered(HTTPException(418)).json()["error"] == "i'm_a_teapot"

    @app.get("/typed")
    def typed(number: int):
        return number

    told = client.get("/typed", params={"number": "secret-value"})
    assert told.status_code == 422
    assert told.json() == {
        "error": "refused",
        "params": {"fields": [{"at": "query.number", "kind": "int_parsing", "limits": {}}]},
    }
    assert ApiError().status == 400


def test_a_value_beyond_its_limits_is_told_them_and_never_repeated():
    app = FastAPI()
    install_handlers(app)

    @app.get("/")
    def bounded(number: Annotated[int, Query(le=5)] = 1, word: Annotated[str, Query(pattern="^[a-z]+$")] = "a"):
        return number, word

    told = TestClient(app).get("/", params={"number": "6", "word": "SECRET"})
    assert "SECRET" not in told.text
    assert [(field["kind"], field["limits"]) for field in told.json()["params"]["fields"]] == [
        ("less_than_equal", {"le": 5}),
        ("string_pattern_mismatch", {"pattern": "^[a-z]+$"}),
    ]
