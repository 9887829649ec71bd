"""`tramgac demo`: brings everything up, attacks itself harmlessly, shows what was seen, and ends all it started."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
import types
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from tramgac_proto.names import KINDS

from tramgac_collector.cli.errors import CommandError
from tramgac_collector.demo import checks
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.attack import ACTS
from tramgac_collector.demo.children import ChildFailed, Children
from tramgac_collector.demo.report import Report
from tramgac_collector.demo.stage import Stage, content_folder
from tramgac_collector.demo.stream import Arrival, Follower

_ALIVE: Final = "alive"
_SHORT_S: Final = 0.1
_LONG_S: Final = 2.5
"""How long what the simulation starts lives: a sensor that polls sees nothing shorter."""


class Stopped(BaseException):
    """SIGTERM or SIGINT came."""


def default_state() -> Path:
    """A demo's state folder: XDG's place for state."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "tramgac-demo"


def requirements(text: str) -> dict[str, str]:
    """`process=ebpf,file=fanotify` as a mapping; ValueError for anything else."""
    pairs = [part.partition("=") for part in text.split(",") if part]
    if any(not (capability and rung) for capability, _, rung in pairs):
        raise ValueError(f"--require {text}: write CAPABILITY=RUNG, as process=ebpf,file=fanotify")
    return {capability: rung for capability, _, rung in pairs}


def run(*, state: Path | None, check: bool, json: bool, require: str, rules: list[Path], scoped: bool = False) -> int:
    """Run a demo; the exit status: 0 fine, 1 something promised did not hold, 2 misuse."""
    report = Report(json)
    try:
        wanted = requirements(require)
        present(rules)
    except ValueError as error:
        report.say("failed", ok=False, reason=str(error))
        return 2
    folder = (state or default_state()).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "demo").open("a+", encoding="utf-8") as claim:
        if not _claimed(claim):
            if check or require or rules:
                reason = f"a demo runs at {folder} already, and nothing was checked: end it, or name another --state"
                report.say("failed", ok=False, reason=reason)
                return 1
            return _already(report, folder, claim)
        try:
            with _signals(), _stage(folder, report) as stage:
                _play(
                    report, stage, claim, rules or [content_folder()], wanted, check=check, scoped=scoped, own=not rules
                )
        except Stopped:
            if check:
                report.say("failed", ok=False, reason="interrupted before everything was checked")
        except (ChildFailed, CommandError, OSError, ValueError) as error:
            report.say("failed", ok=False, reason=str(error))
    return 1 if report.failed else 0


def present(rules: list[Path]) -> None:
    """ValueError for a path of rules that is not there."""
    for path in rules:
        if not path.exists():
            raise ValueError(f"--rules {path}: no such file or folder")


def _claimed(claim: TextIO) -> bool:
    """Take the state folder for this process; False if another demo has it. The kernel lets go when a demo dies."""
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _already(report: Report, folder: Path, claim: TextIO) -> int:
    """A demo runs at this folder: say where, with a login of its own."""
    claim.seek(0)
    pid, _, url = claim.read().partition(" ")
    if not url:
        report.say("failed", ok=False, reason=f"another demo is just starting at {folder}; try again in a moment")
        return 1
    running = Stage(folder, Children(folder / "logs"), Arena(folder / "arena"), url)
    report.say("already", ok=True, url=url, state=str(folder))
    report.say("ready", ok=True, url=url, login=running.login(), state=str(folder), pid=int(pid))
    return 0


@contextlib.contextmanager
def _stage(folder: Path, report: Report) -> Iterator[Stage]:
    """A stage whose programs and place are taken away at the end, whatever happened; says how that went."""
    stage = Stage(folder, Children(folder / "logs"), Arena.open(folder / "arena"))
    try:
        yield stage
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        clean = stage.children.stop()
        stage.arena.close()
        report.say("stop", clean)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and SIGINT end the demo from wherever it is."""

    def stop(_number: int, _frame: types.FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _play(
    report: Report,
    stage: Stage,
    claim: TextIO,
    rules: list[Path],
    require: dict[str, str],
    *,
    check: bool,
    scoped: bool,
    own: bool,
) -> None:
    began = time.monotonic()
    stage.start_collector()
    report.say("address", checks.answers(stage.url), url=stage.url, seconds=round(time.monotonic() - began, 1))
    stage.wait_for_collector()
    report.say("setup", ok=True, seconds=round(time.monotonic() - began, 1), url=stage.url)
    pushed = stage.push_rules(rules)
    if not report.say("content", pushed["rules"] > 0, **pushed):
        raise ChildFailed("none of these rules can be used; `tramgac rules check PATH` says why, line by line")
    stage.enrol_agent()
    stage.start_agent(scoped=scoped)
    host = stage.wait_for_host(pushed["version"])
    report.say("enrolment", ok=True, host=host["id"])
    polled = _sensors(report, host, require)
    hold = _LONG_S if polled else _SHORT_S
    claim.truncate(0)
    claim.write(f"{os.getpid()} {stage.url}")
    claim.flush()
    login = stage.login()
    report.say("ready", ok=True, url=stage.url, login=login, state=str(stage.state), pid=os.getpid())
    if not check:
        _open(login)
    follower = Follower(stage.paths.run, lambda arrival: _told(report, arrival))
    follower.start()
    acts = stage.arena.perform(tuple(name for name in ACTS if name in checks.EXPECTED), hold)
    report.say("simulation", len(acts) == len(checks.EXPECTED), acts=len(acts), folder=str(stage.arena.folder))
    wanted = checks.expected_rules(polled=polled, apart=os.geteuid() == 0) if own else {}
    found = checks.await_detections(acts, follower, wanted, 15)
    checks.detections(report, checks.of_the_arena(stage, found), wanted)
    if check:
        checks.push_changes(report, stage, follower, rules, hold)
        checks.ledger(report, stage)
        checks.stored(report, stage, tuple(KINDS))
        checks.page(report, stage.url)
        return
    if not report.as_json:
        report.say("waiting_scoped" if scoped else "waiting", ok=True)
    while True:
        stage.children.check()
        time.sleep(0.5)


def _sensors(report: Report, host: dict[str, object], require: dict[str, str]) -> bool:
    """Report each sensor; whether one of them polls."""
    rows = host["sensors"]
    assert isinstance(rows, list)
    for row in rows:
        needed = require.pop(row["capability"], None)
        good = row["state"] == _ALIVE and needed in (None, row["rung"])
        wanted = {} if needed is None else {"required": needed}
        report.say("sensor", good, **row, **wanted)
    for capability, rung in require.items():
        report.say("sensor", ok=False, capability=capability, rung=rung, state="absent", why="no such sensor runs")
    return any(row["rung"] == "poll" for row in rows)


def _told(report: Report, arrival: Arrival) -> None:
    row = arrival.row
    facts = {name: row[name] for name in ("id", "title", "level", "summary")}
    report.say("alert", ok=True, **facts, latency_ms=arrival.latency_ms)


def _open(address: str) -> None:
    """Show the page where there is a screen."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)
