"""Small parts that stand in many places: copying, pictures, severities, times, an error of the page itself."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.dashboard import seed
from tests.dashboard.conftest import Open
from tests.dashboard.fixture_server import FixtureServer

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_what_a_terminal_would_obey_is_copied_escaped(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(9)['id']}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy process.command_line").click()
    expect(page.get_by_text("Copied with invisible characters escaped")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.isascii()
    assert copied.isprintable()
    assert json.loads(copied) == seed.alert(9)["summary"]
    page.get_by_role("button", name="Copy process.working_directory").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "/home/an"


def test_where_nothing_may_be_copied_it_is_said(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}", lang="vi-VN")
    page.evaluate("navigator.clipboard.writeText = () => { throw new Error() }; 0")
    page.get_by_role("button", name="Sao chép process.pid").click()
    expect(page.locator('.toast[data-kind="failed"]')).to_contain_text("Không sao chép được")


@pytest.mark.parametrize(("lang", "said"), [("en-GB", "an error of its own"), ("vi-VN", "Trang vừa gặp lỗi")])
def test_an_error_of_the_page_itself_is_said(open_page: Open, server: FixtureServer, lang: str, said: str) -> None:
    whole = server.console.hosts[0].pop("sensors")
    page = open_page("#/hosts", lang=lang)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(said)
    expect(alert.locator("pre")).to_contain_text("undefined")
    server.console.hosts[0]["sensors"] = whole
    alert.get_by_role("button").click()
    expect(page.locator(".hosts")).to_contain_text(seed.HOSTS[0])


def test_each_control_of_the_rail_has_its_picture(open_page: Open) -> None:
    page = open_page()
    rail = page.get_by_role("navigation")
    expect(rail.get_by_role("link")).to_have_count(3)
    for control in (*rail.get_by_role("link").all(), *rail.get_by_role("button").all()[1:]):
        box = control.locator("svg path").bounding_box()
        assert box is not None
        assert box["width"] > 5
        assert box["height"] > 5


def test_nothing_leads_to_a_page_that_one_may_not_see(open_page: Open, server: FixtureServer) -> None:
    server.console.permissions = ("self", "alerts.read")
    rail = open_page().get_by_role("navigation")
    expect(rail.get_by_role("link")).to_have_text(["Alerts"])


@pytest.mark.parametrize(
    ("lang", "severity", "day"), [("en-GB", "medium", "days ago"), ("vi-VN", "trung bình", "ngày trước")]
)
def test_severity_and_time_of_a_row_are_said(
    open_page: Open, server: FixtureServer, lang: str, severity: str, day: str
) -> None:
    row = server.console.rows[seed.alert(0)["id"]]
    moment = "2024-02-29T16:59:59.999999999Z"
    row |= {"level": "medium", "time": moment, "created": moment}
    page = open_page(f"#/alerts/{row['id']}", lang=lang)
    line = page.locator(f'[data-alert-id="{row["id"]}"]')
    expect(line).to_contain_text(severity, ignore_case=True)
    expect(line.locator("time")).to_have_attribute("title", "29/02/2024 23:59:59")
    expect(line.locator("time")).to_contain_text(day)
    expect(page.locator("[data-story-heading]")).to_contain_text(severity, ignore_case=True)
    expect(page.locator(".story")).to_contain_text("29/02/2024 23:59:59")


@pytest.mark.parametrize(
    ("lang", "sees", "blind", "clock"),
    [
        ("en-GB", "processes ebpf", "✕ processes poll blind", "1 hour fast"),
        ("vi-VN", "tiến trình ebpf", "✕ tiến trình poll", "nhanh 1 giờ"),
    ],
)
def test_what_sees_and_how_far_a_clock_is_off_stand_in_words(
    open_page: Open, lang: str, sees: str, blind: str, clock: str
) -> None:
    page = open_page("#/hosts", lang=lang)
    row = page.get_by_role("row")
    expect(row.filter(has_text=seed.HOSTS[0])).to_contain_text(sees)
    expect(row.filter(has_text=seed.HOSTS[1])).to_contain_text(blind)
    expect(row.filter(has_text=seed.HOSTS[2])).to_contain_text(clock)
