"""The page in front of the real role api: the contract between the two, end to end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from tramgac_collector import alerts, bell, database, hosts, logins, ready, tokens, users
from tramgac_collector.paths import StatePaths

from tests.dashboard.seed import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

HOST = "ab" * 16
START_S = 30


@dataclass
class Collector:
    """A control store and the role api over it."""

    paths: StatePaths
    engine: Engine
    url: str

    def raise_alert(self, number: int, text: str) -> str:
        """Store an alert and ring, as the judge does; gives its id."""
        now = time.time_ns()
        event = alerts.EventCopy(
            host=HOST,
            epoch=7,
            lane=1,
            sequence=number,
            kind="process_start",
            time=now - 300_000_000,
            received=now,
            fields={
                "host.boot.id": "00000000000000b0",
                "process.entity_id": f"{number:016x}",
                "process.pid": 100 + number,
                "process.executable": "/bin/sh",
                "process.command_line": text,
                "process.parent.entity_id": "00000000000000ff",
                "process.parent.executable": "/usr/bin/bash",
                "user.name": "an",
            },
        )
        rule = {"id": f"rule-{number}", "title": f"Rule {number}", "level": "high", "tags": ["attack.t1059.004"]}
        why = {
            "selection": "s",
            "field": "CommandLine",
            "value": text,
            "pattern": "*sh",
            "spans": [[0, 4]],
            "negated": False,
        }
        with database.session(self.engine) as s:
            alerts.raise_alert(s, alerts.Detection(rule=rule, version="1", events=[event], why=[why]), "may-01", now)
        bell.ring(self.paths.run, "api")
        return alerts.alert_id(rule["id"], [event.text])

    def once(self) -> str:
        """Make a one-time token for an analyst."""
        with database.session(self.engine) as s:
            return logins.once_token(s, "an", 60, time.time_ns())


@pytest.fixture
def collector(tmp_path: Path, static: Path) -> Iterator[Collector]:
    paths = StatePaths(tmp_path / "state")
    paths.make()
    database.migrate(paths.database_url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "TRAMGAC_CONSOLE_LISTEN": f"127.0.0.1:{port}"}
    (paths.root / "collector.toml").write_text(f'console_listen = "127.0.0.1:{port}"\n')
    command = [sys.executable, "-m", "tramgac_collector.main", "api", "--state", str(paths.root)]
    process = subprocess.Popen(command, env=environment)
    engine = database.open_database(paths.database_url)
    try:
        deadline = time.monotonic() + START_S
        while ready.pid(paths, "api") != process.pid:
            assert process.poll() is None, "the role api ended"
            assert time.monotonic() < deadline, "the role api does not come up"
            time.sleep(0.05)
        with database.session(engine) as s:
            users.create(s, "an", "analyst", time.time_ns())
            _, token = tokens.create(s, uses=1, ttl_s=600, site="Hà Nội", by="an", now=time.time_ns())
            hosts.enrol(s, HOST, "may-01", "linux", "0.1.0", "01", token, time.time_ns())
        yield Collector(paths, engine, f"http://127.0.0.1:{port}")
    finally:
        engine.dispose()
        process.terminate()
        process.wait(20)


def from_alert_to_exception_and_its_end(page: Page) -> None:
    """The open alert becomes an exception, which is prolonged and ended."""
    page.keyboard.press("e")
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("Alerts of the last 30 days: 1. It would have held back 1 of them (1 still open).")
    expect(form.get_by_label("at the site Hà Nội")).to_be_checked()
    page.keyboard.type("our own test")
    form.get_by_label("Verdict").select_option("authorised_test")
    form.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Closed: authorised test")).to_be_visible()
    page.get_by_role("link", name="Exceptions").click()
    page.get_by_role("link", name="#1 ").click()
    expect(form).to_contain_text("our own test")
    form.get_by_role("button", name="Prolong…").click()
    form.get_by_label("Until").select_option("180")
    form.get_by_label("Why is it still right?").fill("still so")
    page.keyboard.press("Control+Enter")
    expect(form).to_contain_text("Prolonged by")
    form.get_by_role("button", name="End…").click()
    form.get_by_label("Why does it end?").fill("done")
    page.keyboard.press("Control+Enter")
    expect(form).to_contain_text("Ended by")
    page.keyboard.press("Escape")
    expect(page.get_by_text("No exception fits")).to_be_visible()


def a_verdict_on_all_and_back(page: Page) -> None:
    """The one that is open yet is closed with all, and open again."""
    page.get_by_role("link", name="Alerts").click()
    expect(page.get_by_text("1 alert", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close all…").click()
    page.get_by_role("button", name="Close 1 alert").click()
    expect(page.get_by_text("benign: 1 alert closed.")).to_be_visible()
    expect(page.get_by_text("No open alert")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("1 alert is open again.")).to_be_visible()
    expect(page.locator("[data-alert-id]")).to_have_count(1)


def test_from_the_link_to_the_verdict(browser: Browser, collector: Collector) -> None:
    first = collector.raise_alert(1, "curl http://127.0.0.1/x | sh")
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{collector.url}/#once={collector.once()}")
    page.wait_for_selector(f'[data-alert-id="{first}"]')
    page.wait_for_selector('[data-live="live"]')

    second = collector.raise_alert(2, HOSTILE[1])
    page.wait_for_selector(f'[data-alert-id="{second}"]')

    page.keyboard.press("j")
    story = page.locator(f'[data-alert-story="{second}"]')
    expect(story.locator(".fields")).to_contain_text("⟦ESC⟧")
    expect(story.get_by_role("treegrid")).to_contain_text("bash")
    expect(story.locator("mark").first).to_contain_text("⟦ESC⟧")
    page.keyboard.press("f")
    page.get_by_label("Reason").fill("a test of ours")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved: false positive")).to_be_visible()
    expect(story.get_by_role("listitem").filter(has_text="a test of ours")).to_be_visible()
    expect(story.get_by_text("an decided: false positive")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Reopened", exact=True)).to_be_visible()
    with database.reading(collector.engine) as s:
        assert alerts.detail(s, second)["status"] == "open"

    from_alert_to_exception_and_its_end(page)
    a_verdict_on_all_and_back(page)
    page.get_by_role("link", name="Hosts").click()
    page.get_by_role("link", name="may-01").click()
    expect(page.get_by_role("dialog")).to_contain_text("The agent has not reported its sensors yet.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    context.close()
    assert console == []
