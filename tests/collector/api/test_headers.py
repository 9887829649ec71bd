import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from tramgac_collector.api.headers import CONTENT_SECURITY_POLICY, SecurityHeaders


def through(headers=None, *, path="/", tls=False):
    async def app(scope, receive, send):
        await PlainTextResponse("x", headers=headers)(scope, receive, send)

    return TestClient(SecurityHeaders(app, tls=tls)).get(path).headers


def test_the_policy_allows_nothing_inline_and_no_other_origin():
    rules = dict(rule.partition(" ")[::2] for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == rules["trusted-types"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["report-uri"] == "/api/csp-report"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ],
)
def test_headers(name, value):
    assert through()[name] == value


def test_answers_of_the_api_are_not_stored_and_what_an_answer_says_stays():
    assert through(path="/api/alerts")["cache-control"] == "no-store"
    assert "cache-control" not in through()
    assert through({"Cache-Control": "no-cache"}, path="/api/x")["cache-control"] == "no-cache"


def test_strict_transport_only_with_tls():
    assert "strict-transport-security" not in through()
    assert through(tls=True)["strict-transport-security"].startswith("max-age=")
