from itertools import chain

import pytest
from fastapi import APIRouter, Depends
from tramgac_collector import users
from tramgac_collector.api.app import ROUTERS, create_app
from tramgac_collector.api.errors import RouteUndeclared
from tramgac_collector.api.permissions import ROLES, Permission, Public, Requires, check_routes, public, requires

from tests.tools.console import Console

TABLE = check_routes(chain.from_iterable(router.routes for router in ROUTERS))
FILLED = {
    "alert": "0" * 32,
    "host": "0" * 32,
    "token": "999",
    "name": "nobody",
    "rule": "none",
    "channel": "none",
    "number": "9",
    "system": "linux",
}


def call(client, method, path):
    body = {"json": {}} if method in {"POST", "DELETE"} else {}
    return client.request(method, path.format(**FILLED).replace(":path", ""), **body)


@pytest.mark.parametrize("role", [None, *ROLES, "unknown"])
def test_every_route_for_every_role(console: Console, authority, role: str | None):
    console.services.hub.close()  # so that the stream ends by itself
    if role == "unknown":
        client = console.signed_in("viewer")
        with console.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE users SET role = 'king'")
    else:
        client = console.stranger() if role is None else console.signed_in(role)
    for (method, path), declaration in TABLE.items():
        if path == "/api/logout" and role is not None:
            continue  # ends the session under test; test_session has it
        answer = call(client, method, path.replace("{rule:path}", "{rule}"))
        assert answer.status_code != 500, (method, path)
        error = (
            answer.json().get("error")
            if "json" in answer.headers.get("content-type", "") and answer.status_code >= 400
            else None
        )
        if isinstance(declaration, Public):
            assert error not in {"not_signed_in", "forbidden"}, (method, path)
        elif role is None:
            assert (answer.status_code, error) == (401, "not_signed_in"), (method, path)
        elif declaration.permission in ROLES.get(role, frozenset()):
            assert answer.status_code not in {401, 403}, (method, path, answer.text)
        else:
            assert (answer.status_code, error) == (403, "forbidden"), (method, path)


def test_what_is_public_is_known():
    assert {path for (_, path), declared in TABLE.items() if isinstance(declared, Public)} == {
        "/api/login",
        "/api/visitor",
        "/api/health",
        "/api/csp-report",
    }


def test_every_permission_is_asked_for_somewhere_and_held_by_the_admin():
    asked = {declared.permission for declared in TABLE.values() if isinstance(declared, Requires)}
    assert asked == set(Permission) == ROLES["admin"]


def test_the_roles_are_those_of_the_accounts():
    assert set(ROLES) == set(users.ROLES)


@pytest.mark.parametrize(
    "dependencies",
    [
        [],
        [Depends(requires(Permission.SELF)), Depends(requires(Permission.AUDIT_READ))],
        [Depends(requires(Permission.SELF)), Depends(public("x"))],
    ],
    ids=["none", "two permissions", "permission and public"],
)
def test_the_application_refuses_a_route_without_exactly_one_declaration(console: Console, dependencies):
    router = APIRouter()
    router.add_api_route("/api/forgotten", lambda: None, dependencies=dependencies)
    with pytest.raises(RouteUndeclared, match=r"/api/forgotten.*exactly one"):
        create_app(console.services, routers=[*ROUTERS, router])


def test_a_declaration_deeper_down_counts(console: Console):
    def below(_actor=Depends(requires(Permission.SELF))):  # noqa: B008 - FastAPI's way
        return None

    router = APIRouter()
    router.add_api_route("/api/deep", lambda: None, dependencies=[Depends(below)])
    assert check_routes(router.routes) == {("GET", "/api/deep"): Requires(Permission.SELF)}


def test_a_mount_is_no_route_that_may_stay_undeclared(console: Console):
    router = APIRouter()
    router.mount("/api/files", lambda *_: None)
    with pytest.raises(RouteUndeclared):
        check_routes(router.routes)
