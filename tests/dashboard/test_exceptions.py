"""Exceptions: made of an alert and tried before, listed, prolonged, ended; by whom they may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.dashboard import seed, seed_exceptions
from tests.dashboard.conftest import Open
from tests.dashboard.fixture_server import FixtureServer

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

FIRST = seed.alert(0)["id"]
VIEWER = ("self", "alerts.read", "hosts.read", "rules.read")
QUERY = (
    'process.executable:/usr/bin/bash and process.command_line:"bash -c \\"echo aWQ7IHdob2FtaQ== | base64 -d | bash\\""'
    " and process.parent.executable:/usr/bin/python3.11 and user.name:nguyen.van.an"
)


def form(page: Page) -> Locator:
    """The form of the alert that is open, once what it would hold back is known."""
    page.wait_for_selector(".fields")
    page.keyboard.press("e")
    page.wait_for_selector('dialog [data-fresh="true"]')
    return page.get_by_role("dialog")


def written(server: FixtureServer, count: int) -> list[tuple[str, object]]:
    """What was written, by the end of its address."""
    return [(path.removeprefix("/api/"), body) for path, body in server.console.written(count)]


def test_an_alert_becomes_an_exception_by_keys_alone(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{FIRST}")
    dialog = form(page)
    reason = dialog.get_by_label("Reason")
    expect(reason).to_be_focused()
    expect(
        dialog.get_by_text("Alerts of the last 30 days: 9. It would have held back 8 of them (8 still open).")
    ).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Write a reason")).to_be_visible()
    assert server.console.writes == []
    page.keyboard.type("nightly job, ticket 4711")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Exception 7 is in force until")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Closed: false positive")).to_be_visible()
    stated, closed = written(server, 2)
    asked = {"rule": seed_exceptions.RULE, "query": QUERY, "site": "Hà Nội"}
    why = "nightly job, ticket 4711"
    assert stated == ("exceptions", {**asked, "why": why, "valid_days": 90, "force": False})
    assert closed == (f"alerts/{FIRST}/verdict", {"verdict": "false_positive", "note": why, "version": 1})
    page.locator(".toast", has_text="Exception 7").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Exception 7 ended: there are alerts of this again.")).to_be_visible()
    assert written(server, 3)[2] == ("exceptions/7/end", {"why": "Undone at once"})


def test_all_open_ones_that_it_fits_are_closed_with_it(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{FIRST}", lang="vi-VN")
    dialog = form(page)
    page.keyboard.type("việc hằng đêm")
    dialog.get_by_label("Kết luận", exact=True).select_option(label="công cụ được chấp nhận")
    dialog.get_by_label("và cả 8 cảnh báo đang mở khớp ngoại lệ này").check()
    dialog.get_by_role("button", name="Cho có hiệu lực").click()
    expect(page.get_by_text("công cụ được chấp nhận: Đã đóng 8 cảnh báo.")).to_be_visible()
    expect(page.get_by_text("Đã đóng: công cụ được chấp nhận")).to_be_visible()
    assert written(server, 2)[1] == ("exceptions/7/close", {"verdict": "accepted_tool", "note": "việc hằng đêm"})
    page.keyboard.press("z")
    expect(page.get_by_text("Đã mở lại 8 cảnh báo.")).to_be_visible()
    expect(page.get_by_text("Ngoại lệ 7 có hiệu lực")).to_be_visible()


def test_ticks_make_the_search_until_it_is_written_by_hand(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{FIRST}")
    dialog = form(page)
    search, user = dialog.get_by_label("Search"), dialog.get_by_role("checkbox", name="User")
    expect(search).to_have_value(QUERY)
    user.uncheck()
    expect(search).to_have_value(QUERY.removesuffix(" and user.name:nguyen.van.an"))
    expect(dialog.get_by_text("Alerts of the last 30 days: 9. It fits none of them")).to_be_visible()
    user.check()
    search.fill("user.name:nguyen.van.an or x")
    expect(user).to_be_disabled()
    dialog.get_by_label("on hn-ketoan-0142 alone").check()
    dialog.get_by_label("Also close this alert as").uncheck()
    page.wait_for_selector('[data-fresh="true"]')
    dialog.get_by_label("Reason").fill("x")
    dialog.get_by_role("button", name="Put in force").click()
    expect(dialog).to_have_count(0)
    wanted = f"host:{seed.host_id(0)} and (user.name:nguyen.van.an or x)"
    [(_, body)] = written(server, 1)
    assert isinstance(body, dict)
    assert (body["query"], body["site"]) == (wanted, "")
    dialog = form(page)
    dialog.get_by_label("Search").fill("(")
    server.console.fail("/api/exceptions/try", 422, "refused", refusal="search_missing", at="2")
    expect(dialog.get_by_text("At character 2 something to look for is missing.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Put in force")).to_be_disabled()
    server.console.failing.clear()
    dialog.get_by_role("button", name="Back to the ticks").click()
    expect(dialog.get_by_label("Search")).to_have_value(QUERY)


def test_what_people_found_true_stands_in_the_way(open_page: Open, server: FixtureServer) -> None:
    server.console.rows[seed.alert(6)["id"]] |= {"status": "closed", "verdict": "true_positive"}
    page = open_page(f"#/alerts/{FIRST}", lang="vi-VN")
    dialog = form(page)
    expect(dialog).to_contain_text("1 trong số đó đã được kết luận là thật")
    expect(dialog.get_by_role("link", name="00000000").first).to_have_attribute(
        "href", f"#/alerts/{seed.alert(6)['id']}"
    )
    expect(dialog).to_contain_text("Phép tìm đúng với 4.200 sự kiện đã lưu")
    submit = dialog.get_by_role("button", name="Cho có hiệu lực")
    expect(submit).to_be_disabled()
    expect(dialog.get_by_label("Vẫn cho có hiệu lực")).to_have_count(0)
    expect(dialog.get_by_label("Thời hạn")).not_to_contain_text("không thời hạn")
    server.console.permissions = (*server.console.permissions, "rules.manage")
    page.reload()
    form(page).get_by_label("Vẫn cho có hiệu lực").check()
    dialog.get_by_label("Thời hạn").select_option(label="không thời hạn")
    dialog.get_by_label("Lý do").fill("đã hỏi")
    submit.click()
    expect(page.get_by_text("Ngoại lệ 7 có hiệu lực không thời hạn.")).to_be_visible()
    body = server.console.written(1)[0][1]
    assert (body["force"], body["valid_days"]) == (True, None)


def test_a_false_positive_goes_on_to_an_exception_with_what_was_said(open_page: Open) -> None:
    page = open_page(f"#/alerts/{FIRST}")
    page.wait_for_selector(".conditions mark")
    page.keyboard.press("f")
    page.get_by_label("accepted tool").check()
    page.get_by_label("Reason").fill("the backup")
    page.get_by_role("dialog").get_by_role("button", name="Except this…").click()
    dialog = page.get_by_role("dialog", name="Exception: no alert where this is met")
    expect(dialog.get_by_label("Reason")).to_have_value("the backup")
    expect(dialog.get_by_label("Verdict")).to_have_value("accepted_tool")


def test_the_list_says_what_stands_out_and_filters(open_page: Open) -> None:
    page = open_page("#/exceptions", lang="vi-VN")
    rows = page.locator("[data-exception]")
    expect(rows).to_have_count(5)
    for number, mark in ((2, "chặn rất nhiều"), (3, "sắp hết hạn"), (4, "chưa từng chặn gì"), (6, "không đọc được")):
        expect(page.locator(f'[data-exception="{number}"]')).to_contain_text(mark)
    expect(page.locator('[data-exception="1"]').locator("[data-mark]")).to_have_count(0)
    expect(page.locator('[data-exception="2"]')).to_contain_text("mọi luật")
    expect(page.locator('[data-exception="2"]')).to_contain_text("1.300 mỗi ngày")
    for view, shown in (("Sắp hết hạn 1", [3]), ("Cần xem lại 3", [6, 4, 2]), ("Đã kết thúc 1", [5])):
        page.get_by_role("button", name=view).click()
        expect(rows).to_have_count(len(shown))
        assert [int(row.get_attribute("data-exception") or 0) for row in rows.all()] == shown
    assert page.url.endswith("#/exceptions?show=ended")
    page.get_by_role("button", name="Tất cả 6").click()
    page.keyboard.press("/")
    page.keyboard.type("da nang")
    expect(page.get_by_text("1 ngoại lệ")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Không có ngoại lệ nào khớp")).to_be_visible()


def test_none_failed_and_stale_are_said(open_page: Open, server: FixtureServer) -> None:
    server.console.fail("/api/exceptions", 422, "refused")
    page = open_page("#/exceptions")
    expect(page.get_by_role("alert")).to_contain_text("does not accept this value")
    server.console.failing.clear()
    there, server.console.exceptions = server.console.exceptions, {}
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No exceptions")).to_be_visible()
    server.console.exceptions = there
    page.evaluate("location.hash = '#/alerts'")
    page.wait_for_selector('[data-live="live"]')
    server.console.publish("reset", {})
    page.evaluate("location.hash = '#/exceptions'")
    expect(page.locator("[data-exception]")).to_have_count(5)
    server.console.fail("/api/exceptions", 403, "forbidden")
    server.console.publish("reset", {})
    stale = page.locator('[data-state="stale"]')
    expect(stale).to_contain_text("Could not refresh: Your role may not do this.")
    expect(page.locator("[data-exception]")).to_have_count(5)


def test_what_was_held_back_is_looked_at(open_page: Open) -> None:
    page = open_page("#/exceptions/6")
    dialog = page.get_by_role("dialog", name="Exception 6")
    expect(dialog).to_contain_text("It holds back nothing: There is no field x (character 1).")
    expect(dialog).to_contain_text("Nothing yet.")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="#1 Encoded text").click()
    dialog = page.get_by_role("dialog", name="Exception 1")
    expect(dialog).to_contain_text("1,204 in all, 8.6 a day over the last week")
    expect(dialog).to_contain_text("(in 59 days)")
    dialog.locator("summary").click()
    expect(dialog.locator(".fields")).to_contain_text("/home/an")
    page.evaluate("location.hash = '#/exceptions/99'")
    expect(page.get_by_role("dialog", name="There is no such exception")).to_be_visible()


def test_one_is_prolonged_and_ended_with_a_reason(open_page: Open, server: FixtureServer) -> None:
    page = open_page("#/exceptions/3")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Prolong it if it is still right.")
    dialog.get_by_role("button", name="Prolong…").click()
    until = dialog.get_by_label("Until")
    expect(dialog.get_by_label("Why is it still right?")).to_be_focused()
    expect(until).to_have_value("90")
    expect(until.locator("option")).to_have_count(5)  # not the one day, which would end it sooner
    day = (datetime.now(UTC) + timedelta(hours=7, days=366)).strftime("%d/%m/%Y")
    until.select_option(label=f"for 366 days, until {day}")
    dialog.get_by_label("Why is it still right?").focus()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Write a reason")).to_be_visible()
    server.console.fail("/api/exceptions/3/prolong", 422, "refused", refusal="exception_contested")
    dialog.get_by_label("Why is it still right?").fill("asked again")
    dialog.get_by_role("button", name="Prolong", exact=True).click()
    expect(dialog.get_by_text("Not saved: People found true what it would hold back.")).to_be_visible()
    server.console.failing.clear()
    dialog.get_by_role("button", name="Prolong", exact=True).click()
    expect(page.get_by_text("Exception 3 is in force until")).to_be_visible()
    expect(dialog).to_contain_text("asked again")
    expect(dialog).not_to_contain_text("Prolong it if it is still right.")
    expect(dialog.get_by_role("button", name="Prolong…")).to_have_count(0)  # nothing later may be chosen
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="End…")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("moved")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Exception 3 ended: there are alerts of this again.")).to_be_visible()
    assert written(server, 2) == [
        ("exceptions/3/prolong", {"why": "asked again", "valid_days": 366, "force": False}),
        ("exceptions/3/end", {"why": "moved"}),
    ]
    dialog.get_by_role("button", name="State anew…").click()
    dialog = page.get_by_role("dialog", name="State exception 3 anew")
    expect(dialog.get_by_label("Search")).to_have_value(server.console.exceptions[3]["query"])
    expect(dialog.get_by_label("at the site Đà Nẵng")).to_be_checked()
    page.wait_for_selector('[data-fresh="true"]')
    dialog.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Exception 7 is in force until")).to_be_visible()
    expect(page.locator('[data-exception="7"]')).to_be_visible()


def test_one_of_every_rule_says_so_wherever_it_stands(open_page: Open, server: FixtureServer) -> None:
    page = open_page("#/exceptions")
    page.get_by_label("Find an exception").fill("every rule")
    expect(page.get_by_text("1 exception", exact=True)).to_be_visible()
    page.get_by_role("link", name="#2 every rule").click()
    dialog = page.get_by_role("dialog", name="Exception 2")
    expect(dialog).to_contain_text("make one for each rule that is meant")
    expect(dialog.get_by_text("Encoded text").or_(dialog.get_by_text("other: 1")).first).to_be_visible()
    dialog.get_by_role("button", name="Prolong…").click()
    dialog.get_by_label("Why is it still right?").fill("scanner stays")
    dialog.get_by_role("button", name="Prolong", exact=True).click()
    expect(page.get_by_text("Exception 2 is in force until")).to_be_visible()
    dialog.get_by_role("button", name="End…").click()
    expect(dialog).to_contain_text("From then on there are alerts of this again.")
    dialog.get_by_label("Why does it end?").fill("scanner gone")
    dialog.get_by_role("button", name="End it").click()
    expect(page.get_by_text("Exception 2 ended: there are alerts of this again.")).to_be_visible()
    dialog.get_by_role("button", name="State anew…").click()
    dialog = page.get_by_role("dialog", name="State exception 2 anew")
    expect(dialog).to_contain_text("Rule every rule")
    expect(dialog).to_contain_text("An event that meets it makes no alert.")
    page.wait_for_selector('[data-fresh="true"]')
    dialog.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Exception 7 is in force until")).to_be_visible()
    assert [path for path, _ in written(server, 3)] == ["exceptions/2/prolong", "exceptions/2/end", "exceptions"]
    assert server.console.exceptions[7]["rule"] == "*"


def test_an_alert_and_its_rule_show_the_rule_s_exceptions(open_page: Open) -> None:
    page = open_page(f"#/alerts/{FIRST}")
    shown = page.locator(".story > [data-of-rule] li")
    expect(shown).to_have_count(5)
    expect(shown.last).to_contain_text("held back 1,204")
    page.get_by_role("button", name=seed.RULES[0][0]).click()
    page.get_by_role("dialog").get_by_role("link", name="Exception 3").click()
    expect(page.get_by_role("dialog", name="Exception 3")).to_be_visible()
    page.evaluate(f"location.hash = '#/alerts/{seed.alert(1)['id']}'")  # of another rule
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Exception 2 user.name:svc-scan")


def test_where_none_may_be_made_there_is_no_way_to(open_page: Open, server: FixtureServer) -> None:
    own = server.console.rows[seed.alert(1)["id"]]
    own |= {"rule": "tramgac:silence"}  # what the collector says itself is held back by none
    page = open_page(f"#/alerts/{own['id']}")

    def nothing_is_offered() -> None:
        page.wait_for_selector(".fields")
        page.keyboard.press("e")
        expect(page.get_by_role("button", name="Except this…")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_have_count(0)

    nothing_is_offered()
    server.console.permissions = VIEWER
    page.goto("about:blank")
    page.goto(f"{server.url}/#/alerts/{FIRST}")
    nothing_is_offered()
    for number in (3, 5):
        page.evaluate(f"location.hash = '#/exceptions/{number}'")
        dialog = page.get_by_role("dialog", name=f"Exception {number}")
        expect(dialog).to_contain_text("Stated by")
        expect(dialog.get_by_role("button", name="…")).to_have_count(0)
    server.console.permissions = VIEWER[:3]
    page.goto("about:blank")
    page.goto(f"{server.url}/#/alerts/{FIRST}")
    page.wait_for_selector(".fields")
    expect(page.get_by_role("link", name="Exceptions")).to_have_count(0)
    expect(page.locator("[data-of-rule]")).to_have_count(0)
