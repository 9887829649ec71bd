"""The processes that live now, on any system: for those that began before a sensor did, and for polling."""

from __future__ import annotations

import sys

import psutil

from tramgac_agent.enrich.boot import booted_ns
from tramgac_agent.enrich.entity import ticks
from tramgac_agent.enrich.text import clean
from tramgac_agent.observations import INVALID_TEXT, LATE, Exec

if sys.platform == "linux":
    from tramgac_agent.enrich.procfs import pids, read, start
else:

    def pids() -> list[int]:
        """All processes."""
        return psutil.pids()

    def start(pid: int) -> int:
        """When the process was started, ticks of 10 ms since boot; 0 if it is gone."""
        try:
            return ticks(int(psutil.Process(pid).create_time() * 1e9) - booted_ns())
        except psutil.Error:
            return 0

    def read(pid: int) -> Exec | None:
        """What is known of a living process; None if it is gone."""
        return from_psutil(pid)


def from_psutil(pid: int) -> Exec | None:
    """The same by psutil, which knows every system; what may not be read is left empty."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            facts = process.as_dict(["ppid", "exe", "cmdline", "cwd", "create_time", "username"], ad_value=None)
    except psutil.Error:
        return None
    texts = [clean(text or "") for text in (facts["exe"], " ".join(facts["cmdline"] or ()), facts["cwd"])]
    began = int(facts["create_time"] * 1e9)
    parent = facts["ppid"] or 0
    return Exec(
        at=began,
        pid=pid,
        start=ticks(began - booted_ns()),
        parent_pid=parent,
        parent_start=start(parent) if parent else 0,
        executable=texts[0][0],
        command_line=texts[1][0],
        working_directory=texts[2][0],
        args_count=len(facts["cmdline"] or ()),
        uid=None,
        euid=None,
        login_uid=0,
        session=0,
        cgroup=0,
        fileless=False,
        file=None,
        flags=LATE | (INVALID_TEXT if any(bad for _, bad in texts) else 0),
        user=facts["username"] or "",
    )


__all__ = ["from_psutil", "pids", "read", "start"]
