"""What keeps the collector from its work is said above every page, and no empty queue passes for good news then."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Open
from tests.dashboard.fixture_server import FixtureServer
from tests.dashboard.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

FULL = {"kind": "disk_full", "free": 200 << 20, "least": 256 << 20}


@pytest.mark.parametrize(
    ("lang", "full", "rules"),
    [
        ("en-GB", "(200 MiB free, below 256)", "nothing is detected"),
        ("vi-VN", "(còn 200 MiB, dưới 256)", "chưa có luật"),
    ],
)
def test_a_full_disk_and_no_rules_are_said_on_every_page(
    open_page: Open, server: FixtureServer, lang: str, full: str, rules: str
) -> None:
    server.console.hindrances = [FULL, {"kind": "no_rules"}]
    server.console.rows.clear()
    page = open_page(lang=lang)
    bar = page.locator(".hindrances")
    expect(bar).to_contain_text(full)
    expect(bar).to_contain_text(rules, ignore_case=True)
    expect(page.locator('.list-pane [data-state="empty"]')).not_to_contain_text("All is looked at")
    expect(page.locator('.list-pane [data-state="empty"]')).not_to_contain_text("đã được xem")
    page.goto(f"{server.url}/#/hosts")
    expect(page.locator(".page .toolbar")).to_be_visible()
    expect(bar).to_contain_text(full)


def test_it_goes_when_rules_come(open_page: Open, server: FixtureServer) -> None:
    server.console.hindrances = [{"kind": "no_rules"}]
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    expect(page.locator('[data-hindrance="no_rules"]')).to_be_visible()
    server.console.hindrances = []
    server.console.publish("content", {"version": 1})
    expect(page.locator(".hindrances")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_is_readable(open_page: Open, server: FixtureServer, scheme: str) -> None:
    server.console.hindrances = [FULL, {"kind": "no_rules"}]
    page = open_page(scheme=scheme)
    page.wait_for_selector('[data-hindrance="no_rules"]')
    assert violations(page) == []


def test_on_a_narrow_screen_too(open_page: Open, server: FixtureServer) -> None:
    server.console.hindrances = [FULL]
    page = open_page(width=600)
    bar = page.locator(".hindrances").bounding_box()
    list_pane = page.locator(".list-pane").bounding_box()
    rail = page.locator(".rail").bounding_box()
    assert bar is not None
    assert list_pane is not None
    assert rail is not None
    assert bar["width"] == 600
    assert bar["y"] + bar["height"] <= list_pane["y"]
    assert rail["y"] + rail["height"] == 900
