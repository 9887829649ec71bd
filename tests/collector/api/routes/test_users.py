import pytest
from tramgac_collector import audit, database

from tests.tools.console import ORIGIN, Console

PASSWORD = "một hai ba bốn năm"


def test_a_new_user_signs_in(console: Console):
    admin = console.signed_in("admin", "root")
    made = admin.post("/api/users", json={"name": "an", "role": "analyst", "password": PASSWORD})
    assert (made.status_code, made.json()["role"]) == (201, "analyst")
    assert console.stranger().post("/api/login", json={"name": "an", "password": PASSWORD}).status_code == 204
    rows = admin.get("/api/users").json()["items"]
    assert [(row["name"], row["password"]) for row in rows] == [("an", True), ("root", False)]
    assert "argon2" not in str(rows)
    assert PASSWORD not in admin.get("/api/audit").text


def test_a_one_time_address(console: Console):
    console.signed_in("viewer", "an")
    made = console.local().post("/api/users/an/once", json={}).json()
    assert made["url"] == f"{ORIGIN}/#once={made['token']}"
    assert console.local().post("/api/users/nobody/once", json={}).status_code == 404


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(console: Console):
    admin, person = console.signed_in("admin"), console.signed_in("viewer", "an")
    assert admin.post("/api/users/an/disable", json={}).status_code == 204
    assert person.get("/api/session").status_code == 401
    assert admin.get("/api/users").json()["items"][0]["disabled"] is not None
    once = admin.post("/api/users/an/once", json={})
    assert (once.status_code, once.json()["params"]["refusal"]) == (409, "user_closed")
    assert admin.post("/api/users/an/enable", json={}).status_code == 204
    assert admin.post("/api/users/an/once", json={}).status_code == 201
    assert admin.get("/api/users").json()["items"][0]["disabled"] is None
    assert admin.post("/api/users/nobody/disable", json={}).status_code == 404


def test_another_role_is_in_force_at_once(console: Console):
    admin, person = console.signed_in("admin"), console.signed_in("viewer", "an")
    assert admin.post("/api/users/an/role", json={"role": "auditor"}).status_code == 204
    assert person.get("/api/session").json()["user"]["role"] == "auditor"
    assert admin.post("/api/users/an/role", json={"role": "king"}).status_code == 422
    assert admin.post("/api/users/nobody/role", json={"role": "viewer"}).status_code == 404
    with database.reading(console.engine) as s:
        assert [(row.action, row.object) for row in audit.page(s, limit=1)] == [("user.role", "an")]


def test_another_password_ends_the_sessions_and_is_told_nowhere(console: Console):
    admin, person = console.signed_in("admin"), console.signed_in("viewer", "an")
    assert admin.post("/api/users/an/password", json={"password": "short"}).status_code == 422
    assert person.get("/api/session").status_code == 200
    assert admin.post("/api/users/an/password", json={"password": PASSWORD}).status_code == 204
    assert person.get("/api/session").status_code == 401
    assert console.stranger().post("/api/login", json={"name": "an", "password": PASSWORD}).status_code == 204
    assert admin.post("/api/users/nobody/password", json={"password": PASSWORD}).status_code == 404
    trail = admin.get("/api/audit").text
    assert "user.password" in trail
    assert PASSWORD not in trail


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "an", "role": "king"}, 422),
        ({"name": "an", "role": "viewer", "password": "short"}, 422),
        ({"name": "a\nb", "role": "viewer"}, 422),
        ({"name": "", "role": "viewer"}, 422),
        ({"name": "root", "role": "viewer"}, 409),
    ],
)
def test_what_is_no_user(console: Console, body, status):
    admin = console.signed_in("admin", "root")
    assert admin.post("/api/users", json=body).status_code == status
    assert len(admin.get("/api/users").json()["items"]) == 1
