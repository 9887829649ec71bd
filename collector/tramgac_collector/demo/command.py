"""`tramgac demo`: one for a state folder at a time; whatever happens, all that it started ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from tramgac_collector import ownership
from tramgac_collector.cli.errors import CommandError
from tramgac_collector.demo import claims, interrupts
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import ChildFailed, Children
from tramgac_collector.demo.interrupts import Stopped
from tramgac_collector.demo.play import Wish, play
from tramgac_collector.demo.report import Report
from tramgac_collector.demo.stage import Stage
from tramgac_collector.demo.words import reason
from tramgac_collector.errors import CollectorError, StateError

RUNGS: Final[dict[str, tuple[str, ...]]] = {
    "process": ("ebpf", "poll"),
    "file": ("fanotify", "watch"),
    "network": ("ebpf", "poll"),
}
"""What `--require` may ask for: the agent's sensors on Linux, best first. A demo starts the agent, never imports it."""


def default_state() -> Path:
    """A demo's state folder: XDG's place for state."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "tramgac-demo"


def requirements(text: str) -> dict[str, str]:
    """`process=ebpf,file=fanotify` as a mapping; ValueError for anything else and for what no agent has."""
    pairs = [part.partition("=") for part in text.split(",") if part]
    if any(not (capability and rung) for capability, _, rung in pairs):
        raise ValueError(reason("require_form", text=text))
    for capability, _, rung in pairs:
        if capability not in RUNGS:
            raise ValueError(reason("require_capability", text=text, name=capability, known=", ".join(RUNGS)))
        if rung not in RUNGS[capability]:
            known = ", ".join(RUNGS[capability])
            raise ValueError(reason("require_rung", text=text, capability=capability, name=rung, known=known))
    return {capability: rung for capability, _, rung in pairs}


def present(rules: list[Path]) -> None:
    """ValueError for a path of rules that is not there."""
    for path in rules:
        if not path.exists():
            raise ValueError(reason("rules", path=path))


def run(*, state: Path | None, check: bool, json: bool, require: str, rules: list[Path], scoped: bool = False) -> int:
    """Run a demo; the exit status: 0 fine, 1 something promised did not hold, 2 misuse."""
    report = Report(json)
    try:
        wish = Wish(check=check, scoped=scoped, rules=rules, require=requirements(require))
        present(rules)
    except ValueError as error:
        report.say("failed", ok=False, reason=str(error))
        return 2
    folder = (state or default_state()).absolute()
    try:
        with ownership.said(folder):
            _run(report, folder, wish)
    except StateError as error:
        report.say("failed", ok=False, reason=error.said())
    if check and report.failed:
        report.tell("not_held", failed=len(report.failed))
    elif check:
        report.tell("held")
    return 1 if report.failed else 0


def _run(report: Report, folder: Path, wish: Wish) -> None:
    if file := claims.another(folder):
        report.say("failed", ok=False, reason=reason("another", state=folder, file=file.relative_to(folder)))
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / claims.NAME).open("a+", encoding="utf-8") as claim:
        if _claimed(claim):
            claims.mark(claim)
            with _stage(folder, report, wish) as stage:
                stage.arena.make()
                play(report, stage, claim, wish)
        elif wish.check or wish.require or wish.rules:
            report.say("failed", ok=False, reason=reason("busy", state=folder))
        else:
            _already(report, folder, claim)


def _claimed(claim: TextIO) -> bool:
    """Take the state folder for this process; False if another demo has it. The kernel lets go when a demo dies."""
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _already(report: Report, folder: Path, claim: TextIO) -> None:
    """A demo runs at this folder: say where, with a login of its own."""
    there = claims.announced(claim)
    if there is None:
        report.say("failed", ok=False, reason=reason("beginning", state=folder))
        return
    pid, url = there
    running = Stage(folder, Children(folder / "logs"), Arena(folder / "arena"), url)
    report.say("already", ok=True, url=url, state=str(folder))
    report.say("ready", ok=True, url=url, login=running.login(), state=str(folder), pid=pid)


@contextlib.contextmanager
def _stage(folder: Path, report: Report, wish: Wish) -> Iterator[Stage]:
    """A stage whose programs and place are taken away at the end, whatever happened; says what, and how that went."""
    stage = Stage(folder, Children(folder / "logs"), Arena(folder / "arena"))
    with interrupts.restored():
        try:
            try:
                interrupts.catch()
                with ownership.said(folder):
                    yield stage
            finally:
                interrupts.deaf()
        except Stopped:
            if wish.check:
                report.say("failed", ok=False, reason=reason("interrupted"))
        except CollectorError as error:
            report.say("failed", ok=False, reason=error.said())
        except (ChildFailed, CommandError, ValueError) as error:
            report.say("failed", ok=False, reason=str(error))
        finally:
            _end(report, stage)


def _end(report: Report, stage: Stage) -> None:
    """End all. Who is stopped while it starts has no handler for the signal yet, and has ended all the same."""
    report.tell("stopping")
    ended = stage.children.stop()
    stage.arena.close()
    killed = [each.name for each in ended if each.killed]
    statuses = {each.name: each.status for each in ended}
    well = not killed and not (stage.up and any(statuses.values()))
    report.say("stop", well, statuses=statuses, killed=killed, logs=str(stage.children.logs))
