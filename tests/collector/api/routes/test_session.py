import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
from fastapi import Response
from tramgac_collector import database, users
from tramgac_collector.api.identity import cookie_name
from tramgac_collector.api.routes import session

from tests.tools.console import Console

PASSWORD = "con trâu là đầu cơ nghiệp"


@pytest.fixture
def person(console: Console) -> str:
    with database.session(console.engine) as s:
        users.create(s, "an", "analyst", console.clock(), password=PASSWORD)
    return "an"


def login(client, name="an", password=PASSWORD):
    return client.post("/api/login", json={"name": name, "password": password})


def audited(console: Console) -> list[tuple[str, str]]:
    rows = console.local().get("/api/audit").json()["items"]
    return [(row["actor"], row["action"]) for row in rows]


def test_in_and_out_again(console: Console, person):
    client = console.stranger()
    assert login(client).status_code == 204
    told = client.get("/api/session").json()
    assert told["user"] == {"name": "an", "role": "analyst"}
    assert "alerts.decide" in told["permissions"]
    assert "users.manage" not in told["permissions"]
    secret = client.cookies[cookie_name(console.services.config)]
    assert client.post("/api/logout", json={}).status_code == 204
    assert not client.cookies
    client.cookies.set(cookie_name(console.services.config), secret)
    assert client.get("/api/session").status_code == 401
    assert audited(console) == [("an", "logout"), ("an", "login")]


def test_a_visitor_is_told_whether_it_is_somebody(console: Console, person):
    client = console.stranger()
    assert client.get("/api/visitor").json() == {"user": None, "permissions": []}
    client.cookies.set(cookie_name(console.services.config), "x" * 43)
    assert client.get("/api/visitor").json()["user"] is None
    client.cookies.clear()
    login(client)
    assert client.get("/api/visitor").json() == client.get("/api/session").json()


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(console: Console, person):
    flags = login(console.stranger()).headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "path=/" in flags
    assert "domain" not in flags
    assert "expires" not in flags


@pytest.mark.parametrize(("name", "password"), [("an", "wrong"), ("nobody", PASSWORD), ("", ""), ("an\x00", PASSWORD)])
def test_a_wrong_login_says_nothing_about_what_is_wrong(console: Console, person, name, password):
    answer = login(console.stranger(), name, password)
    assert (answer.status_code, answer.json()) == (401, {"error": "login_refused", "params": {}})
    assert console.local().get("/api/status").json()["logins_refused"] == 1
    assert audited(console)[0][1] == "login.refused"


def test_guessing_is_slowed_and_the_right_person_gets_in_after_the_wait(console: Console, person):
    client = console.stranger()
    answers = [login(client, password=f"guess {number}") for number in range(7)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    wait = int(answers[-1].headers["retry-after"])
    assert answers[-1].json()["params"] == {"retry_after_s": wait}
    assert login(client).status_code == 429
    console.clock.forward(wait + 1)
    assert login(client).status_code == 204


def test_a_one_time_login_works_once(console: Console, person):
    once = console.local().post(f"/api/users/{person}/once", json={}).json()["token"]
    first, second = console.stranger(), console.stranger()
    assert first.post("/api/login", json={"once": once}).status_code == 204
    assert first.get("/api/session").json()["user"]["name"] == "an"
    assert second.post("/api/login", json={"once": once}).status_code == 401


def test_a_one_time_login_expires(console: Console, person):
    once = console.local().post(f"/api/users/{person}/once", json={}).json()["token"]
    console.clock.forward(601)
    assert console.stranger().post("/api/login", json={"once": once}).status_code == 401


def test_signing_in_again_ends_the_session_before(console: Console, person):
    client = console.stranger()
    login(client)
    before = client.cookies[cookie_name(console.services.config)]
    login(client)
    other = console.stranger()
    other.cookies.set(cookie_name(console.services.config), before)
    assert other.get("/api/session").status_code == 401
    assert client.get("/api/session").status_code == 200


def test_a_flood_of_logins_stops_nobody_else(console: Console, monkeypatch):
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(*_):
        begun.release()
        go_on.wait()
        return Response(status_code=204)

    monkeypatch.setattr(session, "_begin", slow)
    console.services.logins.waiting = 2
    client = console.stranger()
    with ThreadPoolExecutor(8) as pool:
        try:
            tries = [pool.submit(login, client) for _ in range(8)]
            begun.acquire()
            begun.acquire()
            refused = list(islice(as_completed(tries), 4))
            assert [answer.result().status_code for answer in refused] == [503] * 4
            assert client.get("/api/health").status_code == 200
        finally:
            go_on.set()
        assert sorted(answer.result().status_code for answer in tries) == [204] * 4 + [503] * 4


@pytest.mark.parametrize(
    "body", [{}, {"name": "an"}, {"once": "x", "name": "an", "password": "p"}, [], {"once": 1}, {"once": "x" * 129}]
)
def test_a_login_of_another_shape(console: Console, body):
    assert console.stranger().post("/api/login", json=body).status_code == 422
