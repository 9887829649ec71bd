"""The page of a real collector with fifty alerts: nothing that axe knows of, no report of the policy, anywhere.

Both languages, light and dark; a story of each rule with every drawer and dialogue, in one of them every story.
With TRAMGAC_PICTURES naming a folder, a picture of each place is left there to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import Children
from tramgac_collector.demo.stage import Stage

from tests.dashboard.conftest import browser as _browser
from tests.dashboard.test_accessibility import violations
from tests.e2e import seeding

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("page"),
]

browser = _browser
EVERY_STORY = ("vi-VN", "dark")  # the second of a rule has the same places with other texts of a host
# Beside the collector's own count: what the browser tells of a violation, at once.
OBSERVER = """
window.violated = [];
addEventListener("securitypolicyviolation", (event) => violated.push(event.violatedDirective + " " + event.sample));
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A collector of all roles, filled."""
    root = tmp_path_factory.mktemp("page")
    it = Stage(root / "state", Children(root / "logs"), Arena(root / "arena"))
    try:
        seeding.fill(it)
        alert = it.client.get("/api/alerts", status="all", limit=1)["items"][0]
        told = {"rule": alert["rule"], "query": "user.name:nguyen.van.an", "why": seeding.HOSTILE[0]}
        it.client.send("/api/exceptions", told)
        yield it
    finally:
        it.children.stop()


def reports(stage: Stage) -> int:
    """How many reports of the policy the collector has counted."""
    return int(stage.client.get("/api/status")["csp_reports"])


class Walk:
    """Goes through the page and keeps what axe finds in each place."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.found: dict[str, list[Any]] = {}
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))

    def look(self, place: str, within: str = "body", *, picture: bool = True) -> None:
        """Run axe on what is there now."""
        if wrong := violations(self.page, within):
            self.found[place] = wrong
        folder = os.environ.get("TRAMGAC_PICTURES")
        if folder and picture:
            self.page.screenshot(path=Path(folder) / f"{self.name}-{place.replace(' ', '-')}.png")

    def drawer(self, place: str) -> None:
        """The dialogue that is open; closed again."""
        self.page.wait_for_selector("dialog[open]")
        self.look(place, "dialog")
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog[open]")).to_have_count(0)

    def story(self, number: str, *, drawers: bool) -> None:
        """One alert's page, all its folds open; its drawers if wanted."""
        self.page.evaluate(f"location.hash = '#/alerts/{number}'")
        story = f'[data-alert-story="{number}"]'
        self.page.wait_for_selector(f"{story} .fields")
        self.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        self.look(f"story {number}", story, picture=drawers)
        if drawers:
            self.page.keyboard.press("f")
            self.drawer(f"false positive {number}")
            self.page.click(".why .link")
            self.drawer(f"rule {number}")
            if self.page.locator("[aria-keyshortcuts=e]").count():  # none for what the collector says itself
                self.page.keyboard.press("e")
                self.page.wait_for_selector('[data-fresh="true"] .held')
                self.drawer(f"except {number}")

    def exceptions(self) -> None:
        """The list of exceptions, and each of them with the form that prolongs it."""
        self.page.evaluate("location.hash = '#/exceptions'")
        self.page.wait_for_selector("[data-exception]")
        self.look("exceptions")
        for row in self.page.locator("[data-exception] a").all():
            row.click()
            self.page.click("dialog .form-actions.start button")
            self.drawer(f"exception {row.inner_text()[:2]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi-VN", "en-GB"])
def test_no_violation_and_no_report_anywhere(
    browser: Browser, stage: Stage, lang: str, scheme: Literal["light", "dark"]
) -> None:
    before = reports(stage)
    context = browser.new_context(locale=lang, color_scheme=scheme, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    context.add_init_script(OBSERVER)
    page = context.new_page()
    walk = Walk(page, f"{lang}-{scheme}")
    page.goto(stage.url)
    page.wait_for_selector("form")
    walk.look("login")
    page.goto("about:blank")
    page.goto(stage.login())
    page.wait_for_selector('[data-live="live"]')
    walk.look("queue")
    page.keyboard.press("?")
    walk.drawer("keys")

    rows = stage.client.get("/api/alerts", status="all", limit=500)["items"]
    assert len(rows) >= seeding.ALERTS
    shown: set[str] = set()
    for row in rows:
        if row["rule"] not in shown or (lang, scheme) == EVERY_STORY:
            walk.story(row["id"], drawers=row["rule"] not in shown)
        shown.add(row["rule"])
    page.keyboard.press("b")
    page.wait_for_selector('[data-kind="saved"]')
    walk.look("story decided")
    page.keyboard.press("z")

    walk.exceptions()
    page.evaluate("location.hash = '#/hosts'")
    page.wait_for_selector("[data-host-id]")
    walk.look("hosts")
    for host in stage.client.get("/api/hosts")["items"]:
        page.evaluate(f"location.hash = '#/hosts/{host['id']}'")
        walk.drawer(f"host {host['id'][:4]}")
    violated = page.evaluate("window.violated")
    context.close()
    assert walk.found == {}
    assert walk.errors == []
    assert violated == []
    assert reports(stage) == before


def test_a_violation_would_be_reported(browser: Browser, stage: Stage) -> None:
    before = reports(stage)
    page = browser.new_page()
    page.add_init_script(OBSERVER)
    page.goto(stage.url)
    page.wait_for_selector("form")
    page.evaluate("document.body.appendChild(document.createElement('img')).src = 'http://127.0.0.1:1/x.png'")
    page.wait_for_function("window.violated.length > 0")
    page.wait_for_timeout(500)
    page.close()
    assert reports(stage) > before
