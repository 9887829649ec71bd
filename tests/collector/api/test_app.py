import pkgutil

from tramgac_collector.api import routes
from tramgac_collector.api.app import ROUTERS

from tests.tools.console import Console


def test_every_module_of_routes_is_served():
    names = {module.name for module in pkgutil.iter_modules(routes.__path__)}
    assert len(ROUTERS) == len(names)


def test_documentation_pages_of_the_framework_are_off(console: Console):
    client = console.signed_in("admin")
    for path in ("/docs", "/redoc", "/openapi.json"):
        answer = client.get(path)
        assert "swagger" not in answer.text.lower()
        assert answer.headers["content-type"] != "application/json" or "openapi" not in answer.text


def test_every_answer_has_the_headers_whoever_gives_it(console: Console):
    client = console.stranger()
    for path in ("/", "/assets/app-0123abcd.js", "/api/session", "/api/nowhere", "/api/health"):
        assert "default-src 'none'" in client.get(path).headers["content-security-policy"], path
