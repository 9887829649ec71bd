"""A living process as /proc tells (proc(5)): what a sensor would have said when it began."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tramgac_agent.enrich.boot import booted_ns
from tramgac_agent.enrich.identity import FileKey
from tramgac_agent.enrich.text import decode
from tramgac_agent.observations import INVALID_TEXT, LATE, TRUNCATED, Exec

assert sys.platform == "linux"

_MAX_ARGUMENTS = 8192
_TICK_NS = 10_000_000
_NONE = 0xFFFF_FFFF


def pids() -> list[int]:
    """All processes that this mount of /proc shows."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - Path objects cost


def start(pid: int) -> int:
    """When the process was started, ticks of 10 ms since boot (field 22 of stat); 0 if it is gone."""
    return _stat(pid)[1]


def _stat(pid: int) -> tuple[int, int]:
    """Parent and start; zeros if the process is gone."""
    raw = _bytes(pid, "stat")
    # The name in brackets may hold anything: count from its end. USER_HZ is 100 on all machines of ours.
    fields = raw[raw.rfind(b")") + 2 :].split()
    return (int(fields[1]), int(fields[19])) if len(fields) > 19 else (0, 0)  # noqa: PLR2004 - 22 less pid, comm


def read(pid: int) -> Exec | None:
    """What is known of a living process; None if it is gone. What may not be read is left empty."""
    parent, began = _stat(pid)
    if not began:
        return None
    arguments = _bytes(pid, "cmdline")
    command, bad_command = decode(arguments[:_MAX_ARGUMENTS].removesuffix(b"\0").replace(b"\0", b" "))
    raw_program = _link(pid, "exe")
    program, bad_program = decode(raw_program.removesuffix(b" (deleted)").replace(b"/memfd:", b"memfd:", 1))
    folder, bad_folder = decode(_link(pid, "cwd"))
    ids = _ids(_bytes(pid, "status"))
    flags = LATE
    if bad_command or bad_program or bad_folder:
        flags |= INVALID_TEXT
    if len(arguments) > _MAX_ARGUMENTS:
        flags |= TRUNCATED
    return Exec(
        at=booted_ns() + began * _TICK_NS,
        pid=pid,
        start=began,
        parent_pid=parent,
        parent_start=_stat(parent)[1] if parent else 0,
        executable=program,
        command_line=command,
        working_directory=folder,
        args_count=arguments.count(b"\0"),
        uid=ids[0],
        euid=ids[1],
        login_uid=_plus_one(_bytes(pid, "loginuid")),
        session=_plus_one(_bytes(pid, "sessionid")),
        cgroup=0,
        fileless=raw_program.startswith(b"/memfd:") or raw_program.endswith(b" (deleted)"),
        file=_key(pid),
        flags=flags,
    )


def group(pid: int) -> str:
    """Path of the version 2 control group; empty if not known."""
    for line in _bytes(pid, "cgroup").splitlines():
        if line.startswith(b"0::"):
            return decode(line[3:])[0]
    return ""


def _bytes(pid: int, name: str) -> bytes:
    try:
        fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(fd, 1 << 16)
    except OSError:
        return b""
    finally:
        os.close(fd)


def _link(pid: int, name: str) -> bytes:
    try:
        return os.readlink(f"/proc/{pid}/{name}".encode())  # noqa: PTH115 - bytes
    except OSError:
        return b""


def _key(pid: int) -> FileKey | None:
    try:
        s = Path(f"/proc/{pid}/exe").stat()
    except OSError:
        return None
    return FileKey(s.st_dev, s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size)


def _ids(status: bytes) -> tuple[int | None, int | None]:
    """Real and effective user."""
    at = status.find(b"\nUid:")
    if at < 0:
        return None, None
    real, effective = status[at + 5 :].split(None, 2)[:2]
    return int(real), int(effective)


def _plus_one(raw: bytes) -> int:
    return (int(raw) + 1) & _NONE if raw.strip().isdigit() else 0
