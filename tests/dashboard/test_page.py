"""Signing in, filters, hostile texts, the tree, the states, languages and screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.dashboard import seed
from tests.dashboard.conftest import Open
from tests.dashboard.desk import rows
from tests.dashboard.fixture_server import ONCE, PASSWORD, FixtureServer

ROW_PX = 82  # AlertList.tsx

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_signing_in_by_name(open_page: Open) -> None:
    page = open_page(signed_in=False)
    page.get_by_label("Name").fill("an")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_be_visible()


def test_the_one_time_link_signs_in_and_leaves_the_address(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#once={ONCE}", signed_in=False)
    expect(page.get_by_role("listbox")).to_be_visible()
    assert "once" not in page.url
    assert page.evaluate("history.length") <= 2


def test_the_door_is_shown_without_an_error_in_the_console(open_page: Open) -> None:
    page = open_page(signed_in=False)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert told == []


def test_a_used_link_says_so(open_page: Open) -> None:
    page = open_page("#once=used", signed_in=False)
    expect(page.get_by_role("alert")).to_contain_text("one-time link is used")
    expect(page.get_by_role("alert")).to_contain_text("tramgac users once NAME")
    assert "once" not in page.url


def test_filters_live_in_the_address_and_the_back_button(open_page: Open) -> None:
    page = open_page()
    page.wait_for_selector("[data-alert-id]")
    page.get_by_role("button", name="Critical").click()
    page.get_by_role("button", name="High").click()
    expect(page.get_by_text("29 alerts")).to_be_visible()
    assert page.url.endswith("#/alerts?severity=critical,high")
    page.keyboard.press("/")
    page.keyboard.type("hn-ketoan-0142\n")
    expect(page.get_by_text(re.compile(r"^\d alerts$"))).to_be_visible()
    assert page.url.endswith("#/alerts?severity=critical,high&host=hn-ketoan-0142")
    page.go_back()
    expect(page.get_by_text("29 alerts")).to_be_visible()
    page.get_by_role("button", name="Closed").click()
    expect(page.get_by_text("No alert fits these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("50 alerts")).to_be_visible()


def test_a_long_queue_is_paged_and_only_what_is_seen_is_drawn(open_page: Open, server: FixtureServer) -> None:
    server.console.rows = {row["id"]: row for row in map(seed.alert, range(350))}
    page = open_page()
    expect(page.get_by_text("350 alerts")).to_be_visible()
    page.get_by_role("listbox").focus()
    last = seed.alert(349)["id"]
    for loaded in (100, 200, 300, 350):  # the end of what is there asks for the next page
        expect(page.locator(".list > div").first).to_have_css("height", f"{loaded * ROW_PX}px")
        server.console.publish("reset", {})  # a refresh on the way must not swallow the question for more
        page.keyboard.press("End")
    page.wait_for_selector(f'[data-alert-id="{last}"]')
    assert len(rows(page)) < 60
    assert page.get_attribute(f'[data-alert-id="{last}"]', "aria-posinset") == "350"


def test_hostile_texts_are_shown_and_do_nothing(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector("[data-alert-id]")
    for number in range(4, 50, 5):
        page.evaluate(f"location.hash = '#/alerts/{seed.alert(number)['id']}'")
        page.wait_for_selector(f'[data-alert-story="{seed.alert(number)["id"]}"] .fields')
    page.evaluate(f"location.hash = '#/alerts/{seed.alert(9)['id']}'")
    story = page.locator(f'[data-alert-story="{seed.alert(9)["id"]}"]')
    expect(story.locator(".fields")).to_contain_text("⟦ESC⟧[2J⟦ESC⟧[31mroot⟦ESC⟧[0m⟦BEL⟧ ⟦NUL⟧ ends")
    page.evaluate(f"location.hash = '#/alerts/{seed.alert(14)['id']}'")
    story = page.locator(f'[data-alert-story="{seed.alert(14)["id"]}"]')
    expect(story.locator(".fields")).to_contain_text("invoice⟦U+202E⟧fdp.exe ⟦U+2066⟧hidden⟦U+2069⟧")
    text = page.locator("#root").inner_text()
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", text)
    assert page.title() == "Trạm Gác"
    assert page.locator("#root script, #root img, [onerror], [onload]").count() == 0
    page.evaluate("location.hash = '#/hosts'")
    page.wait_for_selector("[data-host-id]")
    expect(page.locator(".hosts")).to_contain_text("<img src=x onerror=alert(1)>")


def test_marks_stand_on_the_right_characters(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".conditions mark")
    assert page.locator(".conditions li:nth-child(3) mark").all_inner_texts() == ["base64 -d"]
    page.get_by_text("2 exclusions were checked").click()
    expect(page.get_by_text("gitlab-runner")).to_be_visible()


def test_an_indicators_note_is_shown(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    noted = page.locator(".conditions li").filter(has_text="the list nhnc.csv says:")
    expect(noted).to_have_count(1)
    expect(noted).to_contain_text("C2 of a campaign against ministries")


def test_the_tree_is_worked_with_arrows(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    tree = page.get_by_role("treegrid")
    expect(tree.get_by_role("row")).to_have_count(7)
    hit = tree.locator("tr[data-hit]")
    assert hit.get_attribute("aria-level") == "5"
    hit.focus()
    page.keyboard.press("ArrowLeft")
    expect(hit).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("row")).to_have_count(6)
    page.keyboard.press("ArrowLeft")
    expect(tree.locator('[aria-level="4"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("row")).to_have_count(7)
    page.get_by_role("button", name="Show all").click()
    expect(tree.get_by_role("row")).to_have_count(33)


def test_two_hosts_of_one_name_are_told_apart(open_page: Open, server: FixtureServer) -> None:
    first, second = list(server.console.rows.values())[:2]
    for row in (first, second):
        row["hostname"] = "vm"
    server.console.hosts[0]["name"] = server.console.hosts[1]["name"] = "vm"
    page = open_page()
    for row in (first, second):
        expect(page.locator(f'[data-alert-id="{row["id"]}"]')).to_contain_text(f"vm ({row['host'][:8]})")
    page.get_by_role("link", name="Hosts").click()
    for host in server.console.hosts[:2]:
        expect(page.locator(f'[data-host-id="{host["id"]}"]')).to_contain_text(f"vm ({host['id'][:8]})")


def test_a_toast_follows_the_language(open_page: Open) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}", lang="vi-VN")
    page.wait_for_selector(".fields")
    page.keyboard.press("t")
    toast = page.locator('.toast[data-kind="saved"]')
    expect(toast).to_contain_text("Hoàn tác")
    page.get_by_role("button", name="English").click()
    expect(toast).to_contain_text("Saved: true positive")
    expect(toast).to_contain_text("Undo")


def test_language_and_theme_are_remembered(open_page: Open) -> None:
    page = open_page(lang="vi-VN")
    expect(page.get_by_role("listbox", name="Danh sách cảnh báo")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "vi"
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Theme: as the system").click()
    page.get_by_role("button", name="Theme: light").click()
    page.reload()
    expect(page.get_by_role("listbox", name="Alerts")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_rule_speaks_vietnamese_where_its_author_did(open_page: Open) -> None:
    title, title_vi = seed.RULES[0][:2]
    page = open_page(f"#/alerts/{seed.alert(0)['id']}", lang="vi-VN")
    row = page.locator(f'[data-alert-id="{seed.alert(0)["id"]}"] .row-title')
    expect(row).to_have_text(title_vi)
    expect(page.locator(f'[data-alert-id="{seed.alert(3)["id"]}"] .row-title')).to_have_text(seed.RULES[3][0])
    expect(page.locator("[data-story-heading]")).to_contain_text(title_vi)
    expect(page.locator(".story > section").filter(has_text="Cần kiểm tra").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name=title_vi).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Một lệnh giấu bằng base64")
    expect(drawer).to_contain_text("Trình cài đặt của nhà cung cấp")
    expect(drawer.get_by_role("listitem").filter(has_text="Decode the text by hand")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="English").click()
    expect(row).to_have_text(title)
    page.get_by_role("button", name=title).click()
    expect(drawer).to_contain_text("A command hidden in base64")
    expect(drawer).to_contain_text("The vendor's installer")


def test_empty_failed_and_missing_are_said(open_page: Open, server: FixtureServer) -> None:
    everything, server.console.rows = server.console.rows, {}
    page = open_page()
    expect(page.get_by_text("No open alert")).to_be_visible()
    server.console.hosts = []
    page.get_by_role("link", name="Hosts").click()
    expect(page.get_by_text("No host has enrolled yet")).to_be_visible()
    server.console.rows = everything
    server.console.fail("/api/alerts", 422, "refused")
    page.goto("about:blank")
    page.goto(server.url)
    expect(page.get_by_role("alert")).to_contain_text("does not accept this value")
    again = page.get_by_role("button", name="Try again")
    with page.expect_request(lambda request: "/api/alerts" in request.url):
        again.click()
    expect(page.get_by_role("alert")).to_contain_text("does not accept this value")
    server.console.failing.clear()
    again.or_(page.locator("[data-alert-id]")).first.click()  # a stream that opens late asks again by itself
    page.wait_for_selector("[data-alert-id]")
    page.evaluate("location.hash = '#/alerts/ffff'")
    expect(page.get_by_text("There is no such alert")).to_be_visible()


def test_a_refresh_that_fails_keeps_what_is_there_and_says_so(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector('[data-live="live"]')
    server.console.fail("/api/alerts", 403, "forbidden")
    server.console.publish("reset", {})
    expect(page.locator('[data-state="stale"]').first).to_contain_text("Could not refresh: Your role may not do this.")
    assert len(rows(page)) > 5


def test_hosts_say_what_sees_and_what_is_missing(open_page: Open) -> None:
    page = open_page("#/hosts")
    blind = page.get_by_role("row").filter(has_text=seed.HOSTS[1])
    expect(blind).to_contain_text("831 lost")
    expect(page.get_by_role("row").filter(has_text=seed.HOSTS[0])).to_contain_text("complete")
    page.get_by_role("link", name=seed.HOSTS[1]).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("ebpf: libbpf.so.1 is missing; apt install libbpf1")
    expect(drawer).to_contain_text("The ledger adds up.")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.get_by_label("Find a host").fill("ha noi")
    expect(page.get_by_text("4 hosts")).to_be_visible()


def test_a_host_says_which_rules_it_parked(open_page: Open) -> None:
    page = open_page("#/hosts")
    page.get_by_role("link", name=seed.HOSTS[2]).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Rules parked on this host: 1")
    expect(drawer).to_contain_text("over its budget: 31.5 µs an event, 25 are allowed")
    page.keyboard.press("Escape")
    page.get_by_role("link", name=seed.HOSTS[0]).click()
    expect(drawer).not_to_contain_text("parked")


def test_time_without_an_agent_is_not_called_complete(open_page: Open, server: FixtureServer) -> None:
    down = {"class": "agent_down", "capability": "", "count": None, "seconds": 600}
    down |= {"first": "2026-11-24T03:00:00Z", "last": "2026-11-24T03:10:00Z"}
    ring = down | {"class": "ring_full", "count": 7, "last": "2026-11-24T03:00:30Z", "seconds": 30}
    books = server.console.hosts[0]["completeness"]
    books |= {"missed": {"agent_down": 0}, "missed_seconds": {"agent_down": 600}, "missed_periods": [ring, down]}
    page = open_page("#/hosts")
    row = page.get_by_role("row").filter(has_text=seed.HOSTS[0])
    expect(row).to_contain_text("not watched for 10 minutes")
    expect(row).not_to_contain_text("complete")
    page.get_by_role("link", name=seed.HOSTS[0]).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("agent not running 10 minutes")
    expect(drawer).not_to_contain_text("agent not running 0")
    expect(drawer).to_contain_text(
        "24/11/2026 10:00:00 \N{EN DASH} 24/11/2026 10:10:00 (10 minutes): agent not running;"
    )
    expect(drawer).to_contain_text("\N{EN DASH} 24/11/2026 10:00:30: 7 events missed (kernel buffer full)")


def test_what_a_host_leaves_out_by_policy_is_told_apart_from_what_it_lost(
    open_page: Open, server: FixtureServer
) -> None:
    server.console.hosts[0]["completeness"] |= {"dropped": {}, "missed": {"filter": 15_000, "ring_full": 7}}
    page = open_page("#/hosts")
    expect(page.get_by_role("row").filter(has_text=seed.HOSTS[0])).not_to_contain_text("15,0")
    page.get_by_role("link", name=seed.HOSTS[0]).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("row", name="filtered by policy")).to_contain_text("15,000")
    missed = drawer.get_by_role("row", name="missed before numbering")
    expect(missed).to_contain_text("kernel buffer full 7")
    expect(missed).not_to_contain_text("policy")


def test_a_host_that_is_away_is_complete_until_it_spoke(open_page: Open, server: FixtureServer) -> None:
    server.console.hosts[0] |= {"connected": False}
    server.console.hosts[0]["completeness"] |= {"as_of": "2026-11-24T03:00:00Z"}
    row = open_page("#/hosts").get_by_role("row").filter(has_text=seed.HOSTS[0])
    expect(row).to_contain_text("complete until 24/11/2026 10:00:00")


def test_what_programs_say_of_themselves_is_said_in_vietnamese(open_page: Open, server: FixtureServer) -> None:
    row = server.console.rows[seed.alert(0)["id"]]
    row |= {"rule": "tramgac:silence", "summary": "last heard at 2026-11-24T03:00:00.000000001Z; its stream ended"}
    page = open_page(lang="vi-VN")
    expect(page.locator("[data-alert-id] .row-what").first).to_have_text(
        "nghe lần cuối lúc 24/11/2026 10:00:00; kết nối đã đứt"
    )
    page.evaluate(f"location.hash = '#/hosts/{seed.host_id(2)}'")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Tác tử từ chối bộ luật 7: chữ ký đã hết hạn: hãy ký và gửi lại bộ luật")
    expect(drawer).to_contain_text("Tác tử đã dừng: được yêu cầu dừng bằng tín hiệu SIGTERM")
    expect(drawer).to_contain_text("Đồng hồ sai nhiều: nhanh hơn máy thu thập 3.720 giây.")
    page.evaluate(f"location.hash = '#/hosts/{seed.host_id(1)}'")
    expect(drawer).to_contain_text("làn thường, từ số 812: 800 sự kiện sẽ không bao giờ tới (hàng đợi đĩa đầy)")


def test_a_host_that_has_told_nothing_is_not_called_complete(open_page: Open, server: FixtureServer) -> None:
    nothing = {"emitted": 0, "acked": 0, "spooled": 0, "dropped": {}, "missed": {}, "gaps": [], "gaps_total": 0}
    server.console.hosts[0] |= {"last_seen": None, "sensors": [], "completeness": nothing, "skew_ms": 0}
    row = open_page("#/hosts").get_by_role("row").filter(has_text=seed.HOSTS[0])
    expect(row).to_contain_text("nothing reported yet")
    expect(row).not_to_contain_text("complete")
    expect(row).not_to_contain_text("right")


def test_on_a_narrow_screen_list_and_story_take_turns(open_page: Open) -> None:
    page = open_page(width=480)
    page.locator("[data-alert-id]").first.click()
    expect(page.locator("[data-story-heading]")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 480
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("listbox")).to_be_visible()


def test_on_a_small_laptop_the_filters_are_one_line_of_whole_words(open_page: Open) -> None:
    page = open_page(width=1024, lang="vi-VN")
    page.wait_for_selector('[data-live="live"]')
    assert page.evaluate("document.querySelector('.toolbar').offsetHeight") < 60
    box = page.get_by_label("Tên hoặc mã máy")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


@pytest.mark.parametrize(
    ("stage", "status", "lang", "word", "closed"),
    [
        ("provisional", "open", "en-GB", "provisional", ""),
        ("withdrawn", "closed", "vi-VN", "đã rút lại", "Đã đóng: đã rút lại"),
    ],
)
def test_an_alert_that_may_change_or_did_not_come_true_says_so(
    open_page: Open, server: FixtureServer, stage: str, status: str, lang: str, word: str, closed: str
) -> None:
    number = seed.alert(0)["id"]
    server.console.rows[number] |= {"stage": stage, "status": status}
    page = open_page("#/alerts?status=all", lang=lang)
    expect(page.locator(f"[data-alert-id='{number}'] .row-verdict")).to_have_text(word)
    expect(page.locator(f"[data-alert-id='{seed.alert(1)['id']}'] .row-verdict")).to_have_count(0)
    page.locator(f"[data-alert-id='{number}']").click()
    expect(page.locator(f"[data-story-heading] [data-stage='{stage}']")).to_have_text(word)
    if closed:
        expect(page.get_by_text(closed)).to_be_visible()
    server.console.rows[number] |= {"stage": "confirmed", "version": 2}
    server.console.publish("alert_changed", server.console.rows[number])
    expect(page.locator(f"[data-alert-id='{number}'] .row-verdict")).to_have_count(0)
