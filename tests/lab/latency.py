"""`./dev lab latency`: from the event in the kernel to the row in the page of a browser.

A whole installation with the real sensors; Chromium, signed in by the one-time address, has the queue open, and an
observer in the page stamps each row as it comes into the document. The simulation runs five times (--quick: twice).
Files have no time of the kernel's (fanotify gives none; theirs is the sensor's): the figures from the beginning of the
act bound them from above. The dropped script is found by its sample, not by the urgent lane: it is told apart.
"""

import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright
from tramgac_collector.demo import checks
from tramgac_collector.demo.arena import Done
from tramgac_collector.demo.stage import Stage
from tramgac_collector.demo.stream import Arrival

from tests.dashboard.conftest import ARGUMENTS
from tests.lab.rows import note, row
from tests.lab.whole import NotHereError, installation, on_best_rungs
from tests.tools.browser import WAY_OUT, program

TIMES = 5
TARGET_S = 2.0
BY_SAMPLE = "dropped_script"
OBSERVER = """
window.rowsSeen = {};
new MutationObserver(() => {
    for (const row of document.querySelectorAll("[data-alert-id]")) window.rowsSeen[row.dataset.alertId] ??= Date.now();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-alert-id"] });
"""


@dataclass(frozen=True)
class Wait:
    """How long one row was on its way, seconds."""

    act: str
    from_event: float
    from_act: float


def chromium() -> str:
    """The browser's program."""
    found = program()
    if found is None:
        raise NotHereError(f"latency: no Chromium: {WAY_OUT}")
    return found


def attacked(stage: Stage, page: Page, times: int) -> list[Wait]:
    """Have the simulation done; the way of every row that came of it."""
    done = [act for _ in range(times) for act in stage.arena.perform(tuple(checks.EXPECTED), 0.1)]
    wanted = checks.expected_rules()
    deadline = time.monotonic() + 30
    while True:
        rows: list[dict[str, Any]] = stage.client.get("/api/alerts", status="all", limit=500)["items"]
        seen: dict[str, int] = page.evaluate("window.rowsSeen")
        arrivals = [Arrival(each, seen[each["id"]] * 1_000_000) for each in rows if each["id"] in seen]
        met = all(wanted[act.act] <= {each.row["rule"] for each in checks.within(act, arrivals)} for act in done)
        if (met and len(arrivals) == len(rows)) or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    if len(arrivals) < len(rows):
        note(f"latency: never came into the page: {[each['title'] for each in rows if each['id'] not in seen]}")
    return [wait for act in done for wait in waits(act, arrivals, wanted)]


def waits(act: Done, arrivals: list[Arrival], wanted: Mapping[str, frozenset[str]]) -> Iterable[Wait]:
    """The rows that one act must lead to."""
    for arrival in checks.within(act, arrivals):
        if arrival.row["rule"] in wanted[act.act]:
            yield Wait(act.act, (arrival.arrived - arrival.happened) / 1e9, (arrival.arrived - act.began) / 1e9)


def figures(what: str, seconds: list[float], target: float | None) -> bool:
    """Median, 90th percentile and longest."""
    ninth = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    good = row("latency", f"{what}: median of {len(seconds)}", round(median(seconds), 3), "s", at_most=target)
    row("latency", f"{what}: 90 %", round(ninth, 3), "s")
    row("latency", f"{what}: longest", round(max(seconds), 3), "s")
    return good


def told(found: list[Wait], times: int) -> bool:
    """All figures; how many rows each act led to goes first."""
    good = True
    for act, rules in checks.expected_rules().items():
        mine = [wait for wait in found if wait.act == act]
        good &= row("latency", f"{act}: rows", len(mine), "rows", at_least=times * len(rules))
        if mine:
            good &= figures(act, [wait.from_event for wait in mine], None if act == BY_SAMPLE else TARGET_S)
    urgent = [wait for wait in found if wait.act != BY_SAMPLE]
    if not urgent:
        return False
    good &= figures("urgent lane, from the event", [wait.from_event for wait in urgent], TARGET_S)
    return figures("urgent lane, from the act's beginning", [wait.from_act for wait in urgent], TARGET_S) and good


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    times = 2 if quick else TIMES
    with sync_playwright() as playwright, installation("latency") as stage:
        good = on_best_rungs("latency", stage)
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(OBSERVER)
        page.goto(stage.login())
        page.wait_for_selector('[data-live="live"]')
        good &= told(attacked(stage, page, times), times)
        browser.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
