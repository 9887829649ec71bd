"""No violation that axe knows, on every page with every drawer open, in both languages and both themes."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.dashboard import seed, seed_exceptions
from tests.dashboard.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

AXE = Path(__file__).parents[2] / "dashboard/web/node_modules/axe-core/axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@functools.cache
def axe_source() -> str:
    """The checker; it is a development dependency of the page, there once the page has been built."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed; run: npm ci in dashboard/web")
    return AXE.read_text("utf-8")


def violations(page: Page, within: str = "body") -> list[Any]:
    """Run axe in the page or a part of it, by the debugger's protocol: nothing else passes the page's policy."""
    debugger = page.context.new_cdp_session(page)
    if not page.evaluate("'axe' in window"):
        debugger.send("Runtime.evaluate", {"expression": axe_source(), "allowUnsafeEvalBlockedByCSP": True})
    told = debugger.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run({json.dumps(within)}, {json.dumps(RULES)}).then(result => result.violations"
            ".map(rule => [rule.id, rule.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary)]))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    debugger.detach()
    assert "exceptionDetails" not in told, told
    found: list[Any] = told["result"]["value"]
    return found


# Texts depend on the language and colours on the theme, neither on both; tests/e2e/test_page.py crosses them.
@pytest.mark.parametrize(("lang", "scheme"), [("vi-VN", "dark"), ("en-GB", "light")])
def test_no_violation_anywhere(open_page: Open, lang: str, scheme: str) -> None:
    found: dict[str, list[Any]] = {}
    page = open_page(lang=lang, scheme=scheme, signed_in=False)
    page.wait_for_selector("form")
    found["login"] = violations(page)

    page = open_page(lang=lang, scheme=scheme)
    page.wait_for_selector('[data-live="live"]')
    found["queue"] = violations(page)
    page.keyboard.press("?")
    page.wait_for_selector("dialog")
    found["keys"] = violations(page, "dialog")
    page.keyboard.press("Escape")
    page.click(".toolbar > .close-all")
    page.wait_for_selector("dialog .primary:enabled")
    found["close all"] = violations(page, "dialog")
    page.keyboard.press("Escape")

    page.evaluate(f"location.hash = '#/alerts/{seed.alert(9)['id']}'")
    page.wait_for_selector(".fields")
    page.wait_for_selector(".tree")
    page.click(".why summary")
    page.keyboard.press("b")
    page.wait_for_selector('[data-kind="saved"]')
    found["story"] = violations(page)
    page.keyboard.press("f")
    page.wait_for_selector("dialog")
    found["false positive"] = violations(page, "dialog")
    page.keyboard.press("Escape")
    page.click(".why .link")
    page.wait_for_selector("dialog.drawer")
    found["rule"] = violations(page, "dialog")
    page.keyboard.press("Escape")

    page.evaluate("location.hash = '#/hosts'")
    page.wait_for_selector("[data-host-id]")
    found["hosts"] = violations(page)
    for host in (1, 2):
        page.evaluate(f"location.hash = '#/hosts/{seed.host_id(host)}'")
        page.wait_for_selector("dialog.drawer")
        found[f"host {host}"] = violations(page, "dialog")
    assert {place: each for place, each in found.items() if each} == {}


@pytest.mark.parametrize(("lang", "scheme"), [("vi-VN", "light"), ("en-GB", "dark")])
def test_no_violation_where_exceptions_are(open_page: Open, lang: str, scheme: str) -> None:
    found: dict[str, list[Any]] = {}
    page = open_page(f"#/alerts/{seed.alert(0)['id']}", lang=lang, scheme=scheme)
    page.wait_for_selector("[data-of-rule]")
    found["story with exceptions"] = violations(page, "[data-of-rule]")
    page.keyboard.press("e")
    page.wait_for_selector('[data-fresh="true"]')
    page.click("dialog summary")
    page.keyboard.press("Control+Enter")
    found["except"] = violations(page, "dialog")
    page.fill("dialog textarea.mono", seed_exceptions.WIDE)
    page.wait_for_selector("dialog .warning")
    found["except by hand"] = violations(page, "dialog")
    page.keyboard.press("Escape")

    page.evaluate("location.hash = '#/exceptions?show=all'")
    page.wait_for_selector("[data-exception]")
    found["exceptions"] = violations(page)
    for exception in (1, 3, 6):
        page.evaluate(f"location.hash = '#/exceptions/{exception}'")
        page.wait_for_selector("dialog .form-actions.start")
        page.evaluate("for (const fold of document.querySelectorAll('dialog details')) fold.open = true")
        page.locator("dialog .form-actions.start button").first.click()
        found[f"exception {exception}"] = violations(page, "dialog")
        page.keyboard.press("Escape")
    assert {place: each for place, each in found.items() if each} == {}
