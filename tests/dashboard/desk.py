"""What the tests ask of a page with a queue on it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from tests.dashboard import seed
from tests.dashboard.fixture_server import FixtureServer


def rows(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-alert-id]", "all => all.map(row => row.dataset.alertId)")


def selected(page: Page) -> str | None:
    return page.get_attribute('[data-alert-id][aria-selected="true"]', "data-alert-id")


def arrive(server: FixtureServer, number: int) -> seed.Json:
    row = seed.alert(number, age=timedelta(seconds=1))
    server.console.raise_alert(row)
    return row
