import pytest
from tramgac_collector.api.app import ROUTERS
from tramgac_collector.api.bodies import LARGER, MAX_BODY

from tests.tools.console import Console

JSON = {"content-type": "application/json"}


def test_a_body_that_says_it_is_too_large_is_not_read(console: Console):
    answer = console.stranger().post("/api/login", content=b" " * (MAX_BODY + 1), headers=JSON)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large", "params": {"limit": MAX_BODY}})
    assert "content-security-policy" in answer.headers


def test_a_body_without_a_length_is_read_up_to_the_limit(console: Console):
    def chunks():
        for _ in range(MAX_BODY // 1024 + 1):
            yield b" " * 1024

    answer = console.stranger().post("/api/login", content=chunks(), headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize("said", ["-1", "x", "1e9", "9" * 30])
def test_a_length_that_is_none(console: Console, said):
    answer = console.stranger().post("/api/login", content=b"{}", headers={**JSON, "content-length": said})
    assert answer.status_code == 413


def test_the_larger_ones_are_routes_of_ours_and_take_more(console: Console):
    assert set(LARGER) <= {route.path for router in ROUTERS for route in router.routes}
    answer = console.signed_in("author").post("/api/content", content=b"x" * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")
