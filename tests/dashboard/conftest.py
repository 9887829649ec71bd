"""A real browser in front of the fixture server. Every test ends with: no policy report, no error of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tramgac_dashboard
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.dashboard.fixture_server import SESSION, FixtureServer
from tests.tools import browser as chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Page]
TIMEOUT_MS = 10_000  # how long the page may take for anything, on a busy machine too
expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(scope="session")
def static() -> Path:
    """The built page."""
    folder = tramgac_dashboard.static_path()
    if not (folder / "index.html").is_file():
        pytest.fail(f"the page is not built ({folder}); run: ./dev demo, or `npm ci && npm run build` in dashboard/web")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests.

    Playwright's loop runs in this thread as long as it is open, and no other loop can: it must not outlive the file.
    """
    program = chromium.program()
    if program is None:
        pytest.skip(f"no Chromium: {chromium.WAY_OUT}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server(static: Path) -> Iterator[FixtureServer]:
    """A console with fifty alerts."""
    with FixtureServer(static) as server:
        yield server


@pytest.fixture
def open_page(browser: Browser, server: FixtureServer) -> Iterator[Open]:
    """Open pages, signed in unless told otherwise; pages of one language and theme share a browser context."""
    contexts: dict[tuple[str, str, int], BrowserContext] = {}
    errors: list[str] = []

    def open_page(
        address: str = "", *, lang: str = "en-GB", scheme: str = "light", width: int = 1440, signed_in: bool = True
    ) -> Page:
        key = (lang, scheme, width)
        if key not in contexts:
            contexts[key] = browser.new_context(
                locale=lang,
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
                timezone_id="Asia/Ho_Chi_Minh",
            )  # type: ignore[arg-type]
            contexts[key].set_default_timeout(TIMEOUT_MS)
        if signed_in:
            server.console.sessions.add(SESSION)
            contexts[key].add_cookies([{"name": "session", "value": SESSION, "url": server.url}])
        page = contexts[key].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        page.goto(f"{server.url}/{address}")
        return page

    yield open_page
    for context in contexts.values():
        for each in context.pages:
            each.unroute_all(behavior="ignoreErrors")  # an answer that a test holds may be under way still
        context.close()
    assert errors == []
    assert server.console.reports == []
