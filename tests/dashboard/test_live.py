"""The live stream: rows flow in or wait, nothing is missed, one stream for all tabs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.dashboard import seed
from tests.dashboard.conftest import Open
from tests.dashboard.desk import arrive, rows, selected
from tests.dashboard.fixture_server import PASSWORD, FixtureServer

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_new_rows_flow_in_while_nobody_reads_and_wait_while_somebody_does(
    open_page: Open, server: FixtureServer
) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    first = arrive(server, 100)
    page.wait_for_selector(f'[data-alert-id="{first["id"]}"]')
    assert rows(page)[0] == first["id"]
    assert page.get_attribute(f'[data-alert-id="{first["id"]}"]', "data-created") == first["created"]
    page.keyboard.press("j")
    page.keyboard.press("j")
    before = (rows(page), selected(page))
    arrive(server, 101)
    arrive(server, 102)
    waiting = page.get_by_role("button", name="2 new ↑")
    expect(waiting).to_be_visible()
    assert (rows(page), selected(page)) == before
    expect(page.get_by_text("53 alerts")).to_be_visible()
    waiting.click()
    expect(waiting).to_have_count(0)
    assert rows(page)[:3] == [seed.alert(102)["id"], seed.alert(101)["id"], first["id"]]
    assert selected(page) == before[1]


def test_what_is_on_screen_already_is_not_new(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    page.keyboard.press("j")
    server.console.publish("alert", seed.alert(2))  # as when a look at the queue overtakes the stream
    arrive(server, 101)
    expect(page.get_by_role("button", name="1 new ↑")).to_be_visible()
    expect(page.get_by_text("51 alerts")).to_be_visible()


@pytest.mark.parametrize("ms", [0, 200], ids=["at once", "later"])  # while it is gathered with others, and when held
def test_what_was_closed_meanwhile_does_not_come_back_as_new(open_page: Open, server: FixtureServer, ms: int) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = seed.alert(2)
    server.console.publish("alert", row)
    page.wait_for_timeout(ms)
    server.console.rows[row["id"]] = {**row, "status": "closed", "version": row["version"] + 1}
    server.console.publish("alert_changed", server.console.rows[row["id"]])
    server.console.publish("reset", {})  # everything is looked at again
    page.wait_for_selector(f'[data-alert-id="{row["id"]}"]', state="detached")
    assert page.get_by_role("button", name="new ↑").count() == 0
    arrive(server, 101)
    page.get_by_role("button", name="1 new ↑").click()
    assert rows(page)[0] == seed.alert(101)["id"]
    assert row["id"] not in rows(page)


def test_the_stream_resumes_after_the_last_id(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    first = arrive(server, 100)
    page.wait_for_selector(f'[data-alert-id="{first["id"]}"]')
    server.console.cut_streams()
    missed = arrive(server, 101)
    page.wait_for_selector(f'[data-alert-id="{missed["id"]}"]')
    page.wait_for_selector('[data-live="live"]')
    assert server.console.resumed[-1] == "1"


def test_offline_is_said(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    server.console.fail("/api/stream")
    server.console.cut_streams()
    expect(page.locator('[data-state="offline"]')).to_contain_text("No connection to the collector.")
    server.console.failing.clear()
    page.wait_for_selector('[data-live="live"]')
    expect(page.locator('[data-state="offline"]')).to_have_count(0)


def test_what_could_not_be_refreshed_is_when_the_stream_is_back(open_page: Open, server: FixtureServer) -> None:
    number = seed.alert(3)["id"]
    page = open_page(f"#/alerts/{number}")
    page.wait_for_selector('[data-live="live"]')
    page.wait_for_selector(".fields")
    for path in ("/api/alerts", "/api/stream"):
        server.console.fail(path, 403, "forbidden")  # said at once, where others are tried again first
    server.console.publish("alert_changed", server.console.rows[number])
    stale = page.locator('.story [data-state="stale"]')
    expect(stale).to_contain_text("Could not refresh")
    server.console.cut_streams()
    page.wait_for_selector('[data-live="offline"]')
    server.console.failing.clear()
    page.wait_for_selector('[data-live="live"]')
    expect(stale).to_have_count(0, timeout=3_000)  # long before it would ask again by itself


def test_what_could_not_be_refreshed_is_tried_again(open_page: Open, server: FixtureServer) -> None:
    number = seed.alert(3)["id"]
    page = open_page(f"#/alerts/{number}")
    page.clock.install()
    page.reload()
    page.wait_for_selector('[data-live="live"]')
    page.wait_for_selector(".fields")
    server.console.fail("/api/alerts", 403, "forbidden")
    server.console.publish("alert_changed", server.console.rows[number])
    stale = page.locator('.story [data-state="stale"]')
    expect(stale).to_contain_text("Could not refresh")
    server.console.failing.clear()
    page.clock.fast_forward(15_000)
    expect(stale).to_have_count(0)


@pytest.mark.slow
def test_seven_tabs_share_one_stream_and_the_next_takes_over(open_page: Open, server: FixtureServer) -> None:
    leader = open_page()
    leader.wait_for_selector('[data-live="live"]')
    pages = [leader, *(open_page() for _ in range(6))]
    for page in pages:
        page.wait_for_selector('[data-live="live"]')
    assert len(server.console.streams) == 1
    first = arrive(server, 100)
    for page in pages:
        page.wait_for_selector(f'[data-alert-id="{first["id"]}"]')
    leader.close()
    second = arrive(server, 101)
    for page in pages[1:]:
        page.wait_for_selector(f'[data-alert-id="{second["id"]}"]')
    assert server.console.resumed[-1] == "1"


def test_someone_elses_decision_appears_where_the_row_stands(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    third = rows(page)[2]
    server.console.publish("alert_changed", {**server.console.rows[third], "status": "closed", "verdict": "duplicate"})
    expect(page.locator(f'[data-alert-id="{third}"]')).to_contain_text("duplicate")
    assert rows(page)[2] == third
    expect(page.get_by_text("49 alerts")).to_be_visible()


def test_a_session_that_ends_shows_the_door_and_leads_back(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(3)['id']}")
    page.wait_for_selector(".fields")
    server.console.sessions.clear()
    server.console.cut_streams()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_label("Name").fill("an")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-story-heading]")).to_contain_text("Reverse shell")
