"""Triage: by keys alone, with a reason, failures said and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.dashboard import seed
from tests.dashboard.conftest import Open
from tests.dashboard.desk import selected
from tests.dashboard.fixture_server import FixtureServer

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_triage_with_keys_only(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector("[data-alert-id]")
    for key in "jjk":
        page.keyboard.press(key)
    assert selected(page) == seed.alert(0)["id"]
    page.keyboard.press("Enter")
    expect(page.locator("[data-story-heading]")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_text("Saved: true positive")).to_be_visible()
    expect(page.get_by_text("Closed: true positive")).to_be_visible()
    assert selected(page) == seed.alert(0)["id"]
    expect(page.get_by_text("49 alerts")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Reopened", exact=True)).to_be_visible()
    expect(page.get_by_text("50 alerts")).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_text("Closed: benign")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("looked at by jkt")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("listitem").filter(has_text="looked at by jkt")).to_be_visible()
    expect(page.locator("[data-story-heading]")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("New note")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_focused()
    told = [(path.rsplit("/", 1)[1], body.get("verdict")) for path, body in server.console.written(4)]
    assert told == [("verdict", "true_positive"), ("reopen", None), ("verdict", "benign"), ("notes", None)]


def test_a_toast_leaves_the_note_s_field_free(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".fields")
    page.keyboard.press("n")
    page.keyboard.type("one")
    page.keyboard.press("Control+Enter")
    toast = page.locator('.toast[data-kind="saved"]')
    expect(toast).to_be_visible()
    page.keyboard.press("n")
    shown, field = toast.bounding_box(), page.get_by_label("New note").bounding_box()
    assert shown is not None
    assert field is not None
    assert shown["x"] >= field["x"] + field["width"]  # wherever the story is scrolled to


def test_a_false_positive_needs_a_reason(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".conditions mark")
    page.keyboard.press("f")
    reason = page.get_by_label("Reason")
    expect(reason).to_be_focused()
    expect(reason).to_have_value(re.compile(re.escape("CommandLine echo 😀😀 | base64 -d | sh")))
    reason.fill(" ")
    page.get_by_role("button", name="Close the alert").click()
    expect(page.get_by_text("Write a reason")).to_be_visible()
    assert server.console.writes == []
    page.get_by_label("accepted tool").check()
    reason.fill("the backup job, ticket 12")
    reason.press("Control+Enter")
    expect(page.get_by_text("Closed: accepted tool")).to_be_visible()
    assert server.console.written(1)[0][1] == {
        "verdict": "accepted_tool",
        "note": "the backup job, ticket 12",
        "version": 1,
    }


def test_a_write_that_fails_is_said_and_taken_back(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".fields")
    server.console.fail(f"/api/alerts/{seed.alert(0)['id']}/verdict")
    page.keyboard.press("t")
    expect(page.get_by_text("Not saved: A part of the collector does not answer.")).to_be_visible()
    expect(page.get_by_text("Closed: true positive")).to_have_count(0)
    expect(page.get_by_text("50 alerts")).to_be_visible()


def test_two_people_do_not_decide_at_once(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".fields")
    server.console.rows[seed.alert(0)["id"]]["version"] = 5
    page.keyboard.press("b")
    expect(page.get_by_text("Somebody else was faster.")).to_be_visible()


def test_letters_are_letters_in_fields_and_with_modifiers_and_can_be_switched_off(
    open_page: Open, server: FixtureServer
) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".fields")
    page.keyboard.press("/")
    page.keyboard.type("tfbnjk?")
    expect(page.get_by_label("Host name or id")).to_have_value("tfbnjk?")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+b")
    page.keyboard.press("?")
    page.get_by_label("Single-letter keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.press("b")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert server.console.writes == []


def test_telex_does_not_swallow_keys(open_page: Open, server: FixtureServer) -> None:
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    page.wait_for_selector(".fields")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Process', code: 'KeyF', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    expect(page.get_by_role("dialog")).to_be_visible()


def test_all_that_the_filters_show_are_closed_with_one_verdict(open_page: Open, server: FixtureServer) -> None:
    page = open_page()
    page.wait_for_selector("[data-alert-id]")
    page.get_by_role("button", name="Close all…").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_have_text("50 open alerts get this verdict.")
    expect(dialog.get_by_label("benign")).to_be_focused()
    unseen = seed.alert(60, age=timedelta(seconds=-60))
    server.console.raise_alert(unseen)
    dialog.get_by_label("duplicate").check()
    note = dialog.get_by_label("Note")
    note.press("Control+Enter")
    expect(page.get_by_text("Write a reason")).to_be_visible()
    assert server.console.writes == []
    note.fill("như hôm qua")
    note.press("Control+Enter")
    expect(page.get_by_text("duplicate: 50 alerts closed.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("1 alert", exact=True)).to_be_visible()
    told = server.console.written(3)
    assert [path for path, _ in told] == ["/api/alerts/verdict"] * 3
    assert told[0] == told[1] == told[2], "what was seen then, and nothing of later"
    assert told[0][1] == {
        "severity": "", "host": "", "rule": "", "verdict": "duplicate", "note": "như hôm qua",
        "until": seed.text_of(seed.NOW),
    }  # fmt: skip
    assert [row["id"] for row in server.console.rows.values() if row["status"] == "open"] == [unseen["id"]]


def test_a_verdict_on_all_is_taken_back_with_one_key(open_page: Open, server: FixtureServer) -> None:
    page = open_page(lang="vi-VN")
    page.wait_for_selector("[data-alert-id]")
    page.get_by_role("button", name="Đóng tất cả…").click()
    page.get_by_role("dialog").get_by_role("button", name="Đóng 50 cảnh báo").click()
    expect(page.get_by_text("vô hại: Đã đóng 50 cảnh báo.")).to_be_visible()
    server.console.rows[seed.alert(0)["id"]] |= {"verdict": "true_positive"}
    page.keyboard.press("z")
    told = page.get_by_text("Đã mở lại 49 cảnh báo. 1 cảnh báo bị người khác thay đổi")
    expect(told).to_be_visible()
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.get_by_text("49 cảnh báo", exact=True)).to_be_visible()
    assert (
        server.console.written(6)[3:]
        == [("/api/alerts/verdict/undo", {"verdict": "benign", "after": 0, "until": 50})] * 3
    )


def test_how_far_it_is_stands_there_and_who_stops_takes_back_half_a_way_too(
    open_page: Open, server: FixtureServer
) -> None:
    page = open_page()
    page.wait_for_selector("[data-alert-id]")
    held: list[Route] = []
    page.route(
        "**/api/alerts/verdict", lambda route: held.append(route) if server.console.writes else route.continue_()
    )
    page.get_by_role("button", name="Close all…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Close 50 alerts").click()
    expect(dialog.get_by_role("progressbar")).to_have_attribute("value", "20")
    expect(dialog.get_by_role("status")).to_contain_text("20 of 50 closed…")
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog).to_have_count(0)
    held[0].continue_()
    expect(page.get_by_text("benign: 40 alerts closed. 10 are still open.")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("40 alerts are open again.")).to_be_visible()
    assert {row["status"] for row in server.console.rows.values()} == {"open"}


def test_before_all_are_closed_it_says_which(open_page: Open, server: FixtureServer) -> None:
    page = open_page("#/alerts?severity=critical,high", lang="vi-VN")
    shown = [row["id"] for row in server.console.rows.values() if row["level"] in {"critical", "high"}]
    page.get_by_role("button", name="Đóng tất cả…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{len(shown)} cảnh báo đang mở sẽ nhận kết luận này.")
    expect(dialog).to_contain_text("Mức độ: Nghiêm trọng, Cao")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert server.console.writes == []
    page.get_by_role("button", name="Đóng tất cả…").click()
    server.console.fail("/api/alerts/verdict")
    page.get_by_role("button", name=f"Đóng {len(shown)} cảnh báo").click()
    expect(page.get_by_text("Đã đóng 0 cảnh báo thì gặp lỗi")).to_be_visible()


def test_a_viewer_may_look_but_not_decide(open_page: Open, server: FixtureServer) -> None:
    server.console.permissions = ("self", "alerts.read", "hosts.read")
    page = open_page(f"#/alerts/{seed.alert(0)['id']}")
    expect(page.get_by_text("Your role may look, not decide.")).to_be_visible()
    page.keyboard.press("t")
    page.keyboard.press("f")
    assert server.console.writes == []
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Close all…")).to_have_count(0)
