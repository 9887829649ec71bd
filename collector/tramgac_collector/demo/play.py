"""What a demo does, step by step: brings all up, attacks itself harmlessly, shows what was seen, checks itself."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from tramgac_collector.demo import causes, checks, claims
from tramgac_collector.demo.attack import ACTS
from tramgac_collector.demo.children import ChildFailed
from tramgac_collector.demo.report import Report
from tramgac_collector.demo.stage import Stage, content_folder
from tramgac_collector.demo.stream import Arrival, Follower
from tramgac_collector.demo.words import reason

_ALIVE: Final = "alive"
_SHORT_S: Final = 0.1
_LONG_S: Final = 2.5
"""How long what the simulation starts lives: a sensor that polls sees nothing shorter."""
_AWAITED_S: Final = 15
"""How long alerts may take."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for.

    `check`: prove each step and end; `rules`: these instead of ours; `require`: rung by capability.
    """

    check: bool
    scoped: bool
    rules: list[Path]
    require: dict[str, str]


def play(report: Report, stage: Stage, claim: TextIO, wish: Wish) -> None:
    """Do all of it; without `check` it goes on until a signal comes.

    Raises:
        ChildFailed: a program of it ended or was not ready; none of the rules can be used.
    """
    rules = wish.rules or [content_folder()]
    polled = _bring_up(report, stage, wish, rules)
    apart = os.geteuid() == 0  # only then the simulation has a network of its own
    hold = _LONG_S if polled else _SHORT_S
    claims.announce(claim, stage.url)
    login = stage.login()
    report.say("ready", ok=True, url=stage.url, login=login, state=str(stage.state), pid=os.getpid())
    if not wish.check:
        _show(login)
    follower = Follower(stage.paths.run, lambda arrival: _told(report, arrival))
    follower.start()
    _attack(report, stage, follower, hold, checks.expected_rules(polled=polled, apart=apart), wish)
    if wish.check:
        report.tell("pushing")
        checks.push_changes(report, stage, follower, rules, hold)
        report.tell("settling")
        checks.ledger(report, stage, scoped=wish.scoped)
        checks.stored(report, stage, checks.expected_kinds(polled=polled, apart=apart))
        checks.page(report, stage.url)
        return
    report.tell("asking", tramgac=shlex.quote(sys.argv[0]), state=shlex.quote(str(stage.state)))
    report.tell("waiting_scoped" if wish.scoped else "waiting", url=stage.url)
    while True:
        stage.children.check()
        time.sleep(0.5)


def _bring_up(report: Report, stage: Stage, wish: Wish, rules: list[Path]) -> bool:
    """Start collector and agent; whether a sensor polls."""
    began = time.monotonic()
    report.tell("starting", state=str(stage.state))
    stage.start_collector()
    report.say("address", checks.answers(stage.url), url=stage.url, seconds=round(time.monotonic() - began, 1))
    stage.wait_for_collector()
    report.say("setup", ok=True, seconds=round(time.monotonic() - began, 1), url=stage.url)
    pushed = stage.push_rules(rules)
    if not report.say("content", pushed["rules"] > 0, **pushed):
        raise ChildFailed(reason("no_rules"))
    report.tell("agent")
    stage.enrol_agent()
    stage.start_agent(scoped=wish.scoped)
    host = stage.wait_for_host(pushed["version"])
    report.say("enrolment", ok=True, host=host["id"])
    stage.up = True
    return sensors(report, host["sensors"], wish.require)


def _attack(
    report: Report, stage: Stage, follower: Follower, hold: float, wanted: dict[str, frozenset[str]], wish: Wish
) -> None:
    acts = tuple(name for name in ACTS if name in checks.EXPECTED)
    folder = str(stage.arena.folder)
    report.tell("acting", acts=len(acts), folder=folder)
    done = stage.arena.perform(acts, hold)
    report.say("simulation", len(done) == len(acts), acts=len(done), folder=folder)
    wanted = {} if wish.rules else wanted
    found = checks.await_detections(done, follower, wanted, _AWAITED_S)
    more = {"state": str(stage.state), "seconds": _AWAITED_S}
    checks.detections(
        report,
        checks.of_the_arena(stage, found),
        wanted,
        lambda rule: more | causes.of_rule(rule, lambda each: stage.client.get(f"/api/rule-states/{each}")),
    )


def sensors(report: Report, rows: list[dict[str, Any]], require: dict[str, str]) -> bool:
    """Report each sensor, and what is required of it; whether one of them polls."""
    for row in rows:
        needed = require.get(row["capability"])
        good = row["state"] == _ALIVE and needed in (None, row["rung"])
        report.say("sensor", good, **row, **({} if needed is None else {"required": needed}))
    for capability in require.keys() - {row["capability"] for row in rows}:
        facts = {"capability": capability, "rung": "", "state": "absent", "why": reason("no_sensor")}
        report.say("sensor", ok=False, **facts, required=require[capability])
    return any(row["rung"] == "poll" for row in rows)


def _told(report: Report, arrival: Arrival) -> None:
    facts = {name: arrival.row[name] for name in ("id", "title", "title_vi", "level", "summary")}
    report.say("alert", ok=True, **facts, latency_ms=arrival.latency_ms)


def _show(address: str) -> None:
    """Open the page where there is a screen."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)
