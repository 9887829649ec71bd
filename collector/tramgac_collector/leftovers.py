"""Roles whose supervisor is no more (`kill -9`, no memory): the kernel told them to end; who did not, is ended here.

Called by the one supervisor of a state directory before it starts any role: what an old role holds (the event store's
folder, the ingest log, ports) would stop the new one. Every role may be killed at any time and loses nothing.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tramgac_collector.paths import StatePaths

PATIENCE_S = 8.0
"""How long all of them together may take to end by themselves, seconds."""
_KILLED_S = 10.0
"""The kernel takes apart what was killed: much memory, a busy disk."""
_MODULE = "tramgac_collector.main"


def end(paths: StatePaths, patience_s: float = PATIENCE_S) -> list[str]:
    """End all roles of this directory that another supervisor started; name those that had to be killed.

    To be called by whoever holds the directory (`ready.alone`), before it starts a role of its own.
    """
    found = list(_found(paths))
    try:
        for _, handle in found:
            _send(handle, signal.SIGTERM)
        stubborn = _left(found, patience_s)
        for _, handle in stubborn:
            _send(handle, signal.SIGKILL)
        _left(stubborn, _KILLED_S)
    finally:
        for _, handle in found:
            os.close(handle)
    return sorted(role for role, _ in stubborn)


def _found(paths: StatePaths) -> Iterator[tuple[str, int]]:
    """Give each role with a handle on its process: a number alone may be another's by the time a signal is sent."""
    if sys.platform != "linux":
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or not _role(entry, paths):
            continue
        with suppress(OSError):
            handle = os.pidfd_open(int(entry.name))
            role = _role(entry, paths)
            if role:
                yield role, handle
            else:
                os.close(handle)


def _role(process: Path, paths: StatePaths) -> str:
    """Give the role that a process has in this directory by a supervisor's order; "" for none."""
    try:
        if process.stat().st_uid != os.geteuid():
            return ""
        words = (process / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
        module, role, state, parent = (_after(words, word) for word in ("-m", _MODULE, "--state", "--parent"))
        if module != _MODULE or not state or parent in {"", str(os.getpid())}:
            return ""
        place = (process / "cwd").readlink() / state
        ours = Path(f"{process}/root{place}").samefile(paths.root)  # not the like of it in a container beside us
    except OSError:
        return ""
    return role if ours else ""


def _after(words: list[str], word: str) -> str:
    with suppress(ValueError, IndexError):
        return words[words.index(word) + 1]
    return ""


def _send(handle: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, number)


def _left(found: list[tuple[str, int]], seconds: float) -> list[tuple[str, int]]:
    """Wait until all have ended, at most so long; give those that have not."""
    deadline, left = time.monotonic() + seconds, list(found)
    while left and (wait := deadline - time.monotonic()) > 0:
        poll = select.poll()
        for _, handle in left:
            poll.register(handle, select.POLLIN)
        ended = {handle for handle, _ in poll.poll(wait * 1000)}
        left = [one for one in left if one[1] not in ended]
    return left
