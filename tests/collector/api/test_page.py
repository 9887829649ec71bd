from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tramgac_collector.api.app import create_app

from tests.tools.console import Console


def test_the_page_is_asked_for_again_and_its_assets_never(console: Console):
    client = console.stranger()
    page = client.get("/")
    assert page.status_code == 200
    assert "Trạm Gác" in page.text
    assert page.headers["cache-control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    asset = client.get("/assets/app-0123abcd.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/alerts", "/alerts/0123", "/hosts", "/hosts/ab/cd"])
def test_the_pages_own_addresses_get_the_page(console: Console, path):
    answer = console.stranger().get(path)
    assert (answer.status_code, "Trạm Gác" in answer.text) == (200, True)
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/missing.js", "/assets/missing.js", "/assets/missing", "/favicon.ico"])
def test_a_missing_file_is_missing(console: Console, path):
    answer = console.stranger().get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing"])
def test_the_api_never_answers_with_the_page(console: Console, path):
    answer = console.stranger().get(path)
    assert answer.status_code in {401, 404}
    assert answer.json()["error"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/..%2fstate%2fcontrol.db", "/assets/..%2f..%2fstate%2fcontrol.db", "/%2e%2e/state/control.db"]
)
def test_nothing_outside_of_the_page_is_served(console: Console, path):
    answer = console.stranger().get(path)
    assert b"SQLite" not in answer.content


def test_nothing_is_changed_through_the_page(console: Console):
    assert console.stranger().post("/index.html").status_code == 405


def test_a_page_that_is_not_built_says_so(console: Console, tmp_path: Path):
    answer = TestClient(create_app(console.services, tmp_path)).get("/")
    assert answer.status_code == 503
    assert "not built" in answer.text
