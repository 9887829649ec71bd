import pytest
from tramgac_collector.api.origin import CSP_REPORT, crosses_sites

from tests.tools.console import ORIGIN, Console

HERE = "127.0.0.1:18080"


@pytest.mark.parametrize(
    ("headers", "crosses"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, True),
        ({"origin": ORIGIN}, False),
        ({"origin": "http://evil.example"}, True),
        ({"origin": "http://127.0.0.1:18081"}, True),
        ({"origin": "null"}, True),
        ({"origin": f"http://{HERE}.evil.example"}, True),
        ({"origin": f"http://evil@{HERE}x"}, True),
    ],
)
def test_requests_that_change_something(headers, crosses):
    assert crosses_sites("POST", {"host": HERE, **headers}) is crosses
    assert not crosses_sites("GET", {"host": HERE, **headers})


def test_another_sites_page_cannot_use_a_persons_session(console: Console):
    alert = console.raise_alert()
    client = console.signed_in("analyst")
    body = {"verdict": "benign", "note": ""}
    evil = client.post(f"/api/alerts/{alert}/verdict", json=body, headers={"Origin": "http://evil.example"})
    assert (evil.status_code, evil.json()["error"]) == (403, "cross_site")
    assert client.get(f"/api/alerts/{alert}").json()["status"] == "open"
    assert client.post(f"/api/alerts/{alert}/verdict", json=body, headers={"Origin": ORIGIN}).status_code == 200


def test_nor_sign_somebody_in(console: Console):
    answer = console.stranger().post("/api/login", json={"once": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_reports_of_the_browser_itself_pass(console: Console):
    assert console.stranger().post(CSP_REPORT, content=b"{}", headers={"Origin": "null"}).status_code == 204
