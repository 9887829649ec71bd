"""What is looked at for the first time while it changes: the answer of before is not the last word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.dashboard import seed
from tests.dashboard.conftest import Open
from tests.dashboard.fixture_server import FixtureServer

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

NUMBER = seed.alert(0)["id"]


class Held:
    """The first answer to a path: made when it is asked for, and late."""

    def __init__(self, page: Page, path: str) -> None:
        self.page, self.answers = page, list[Callable[[], None]]()
        page.route(path, self._hold)

    def made(self) -> None:
        """Wait until it is made: it knows nothing of what happens after this."""
        for _ in range(500):
            if self.answers:
                return
            self.page.wait_for_timeout(20)
        pytest.fail("nobody asked")

    def release(self) -> None:
        self.answers[0]()

    def _hold(self, route: Route) -> None:
        answer = route.fetch()
        if self.answers:
            route.fulfill(response=answer)
        else:
            self.answers.append(lambda: route.fulfill(response=answer))


def opened(open_page: Open) -> tuple[Page, Held]:
    """A page on which a story is looked at, whose first answer is made and not there yet."""
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    page.wait_for_selector("[data-alert-id]")
    first = Held(page, f"**/api/alerts/{NUMBER}")
    for key in ("j", "Enter"):
        page.keyboard.press(key)
    first.made()
    return page, first


def test_a_verdict_before_the_story_is_there_is_in_the_story(open_page: Open, server: FixtureServer) -> None:
    page, first = opened(open_page)
    page.keyboard.press("t")
    expect(page.get_by_text("Saved: true positive")).to_be_visible()
    first.release()
    expect(page.locator(".fields").first).to_be_visible()
    expect(page.get_by_text("Closed: true positive")).to_be_visible()


def test_what_others_decide_before_the_story_is_there_is_in_the_story(open_page: Open, server: FixtureServer) -> None:
    page, first = opened(open_page)
    row = server.console.rows[NUMBER]
    server.console.rows[NUMBER] = {**row, "status": "closed", "verdict": "benign", "version": row["version"] + 1}
    server.console.publish("alert_changed", server.console.rows[NUMBER])
    page.wait_for_selector(f'[data-alert-id="{NUMBER}"][data-status="closed"]')
    first.release()
    expect(page.get_by_text("Closed: benign")).to_be_visible()


@pytest.mark.parametrize("told", ["reset", "alert"])
def test_what_arrives_after_the_first_answer_was_made_is_in_the_queue(
    open_page: Open, server: FixtureServer, told: str
) -> None:
    page = open_page("#/hosts")
    page.wait_for_selector('[data-live="live"]')
    first = Held(page, "**/api/alerts?*")
    page.get_by_role("link", name="Alerts").click()
    first.made()
    new = seed.alert(100, age=timedelta(seconds=1))
    server.console.rows = {new["id"]: new, **server.console.rows}
    server.console.publish(told, new if told == "alert" else {})
    page.wait_for_timeout(200)  # for the page to be told
    first.release()
    page.wait_for_selector(f'[data-alert-id="{new["id"]}"]')
