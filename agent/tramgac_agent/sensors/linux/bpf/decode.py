"""Records of sensor.bpf.c as observations. The shapes here and there must agree."""

from __future__ import annotations

import os
import struct
import sys
from typing import TYPE_CHECKING

from tramgac_agent.enrich.entity import ticks
from tramgac_agent.enrich.identity import FileKey
from tramgac_agent.enrich.text import decode as text
from tramgac_agent.observations import INVALID_TEXT, Connection, Exec, Exit, Fork
from tramgac_agent.sensors.errors import RecordError

if TYPE_CHECKING:
    from tramgac_agent.observations import Observation

assert sys.platform == "linux"

FORK, EXEC, EXIT, CONNECTED, FAILED, ACCEPTED, KINDS = 1, 2, 3, 4, 5, 6, 7
"""enum kind."""
_HEAD = struct.Struct("<IIQQQQIIIIII")
_EXEC = struct.Struct("<QQQQIIIIII")
_EXIT = struct.Struct("<QI")
_CONNECTION = struct.Struct("<QHHHxx16s16s")
_NONE = 0xFFFF_FFFF
_AF_INET = 2
_MAPPED = bytes(10) + b"\xff\xff"
"""IPv4 within IPv6 (RFC 4291, 2.5.5.2)."""


def decode(record: memoryview, boot: int) -> Observation:
    """One record.

    Args:
        record: As it lies in the ring.
        boot: Wall clock minus boot clock, nanoseconds.

    Raises:
        RecordError: the record has another shape than was agreed.
    """
    try:
        head = _HEAD.unpack_from(record)
        kind = head[0]
        if kind == EXEC:
            return _exec(record, head, boot)
        if kind == FORK:
            return Fork(head[2] + boot, head[6], ticks(head[3]), head[7], ticks(head[4]), head[1])
        if kind == EXIT:
            cpu, code = _EXIT.unpack_from(record, _HEAD.size)
            at, pid, start = head[2] + boot, head[6], ticks(head[3])
            signal = code & 0x7F
            return Exit(at, pid, start, None if signal else (code >> 8) & 0xFF, signal, cpu, head[1])
        if CONNECTED <= kind < KINDS:
            return _connection(record, head, boot)
    except struct.error as error:
        message = f"kernel record of {len(record)} bytes is too short"
        raise RecordError(message) from error
    message = f"kernel record of unknown kind {kind}"
    raise RecordError(message)


def _exec(record: memoryview, head: tuple[int, ...], boot: int) -> Exec:
    _, flags, at, start, parent_start, cgroup, pid, parent, uid, euid, login, session = head
    inode, modified, changed, size, device, links, args_count, args, exe, cwd = _EXEC.unpack_from(record, _HEAD.size)
    raw = bytes(record[_HEAD.size + _EXEC.size :])
    if len(raw) != args + exe + cwd:
        message = f"kernel record says {args + exe + cwd} bytes of text and has {len(raw)}"
        raise RecordError(message)
    command, bad_command = text(raw[:args].removesuffix(b"\0").replace(b"\0", b" "))
    program, bad_program = text(_path(raw[args : args + exe], unlinked=not links))
    folder, bad_folder = text(_path(raw[args + exe :]))
    if bad_command or bad_program or bad_folder:
        flags |= INVALID_TEXT
    return Exec(
        at=at + boot,
        pid=pid,
        start=ticks(start),
        parent_pid=parent,
        parent_start=ticks(parent_start),
        executable=program,
        command_line=command,
        working_directory=folder,
        args_count=args_count,
        uid=uid,
        euid=euid,
        login_uid=(login + 1) & _NONE,
        session=(session + 1) & _NONE,
        cgroup=cgroup,
        fileless=not links,
        file=FileKey(os.makedev(device >> 20, device & 0xFFFFF), inode, modified, changed, size),
        flags=flags,
    )


def _path(names: bytes, *, unlinked: bool = False) -> bytes:
    """Names, last first, each ended by a 0, as a path. A memfd has one name and hangs in no tree."""
    parts = names.split(b"\0")[:-1]
    if unlinked and len(parts) == 1 and parts[0].startswith(b"memfd:"):
        return parts[0]
    parts.reverse()
    return b"/" + b"/".join(parts)


def _connection(record: memoryview, head: tuple[int, ...], boot: int) -> Connection:
    kind, flags, at, start, pid = head[0], head[1], head[2], head[3], head[6]
    asked, family, local_port, remote_port, local, remote = _CONNECTION.unpack_from(record, _HEAD.size)
    here, there = (_address(family, local), local_port), (_address(family, remote), remote_port)
    if kind == ACCEPTED:
        here, there = there, here
    # Who listens may have become another program since; who connects is the one that asked for it.
    asked = asked + boot if asked and kind != ACCEPTED else 0
    return Connection(at + boot, pid, ticks(start), kind != ACCEPTED, *here, *there, kind != FAILED, flags, asked)


def _address(family: int, raw: bytes) -> bytes:
    """4 bytes for IPv4, also where it is written as IPv6; 16 for IPv6."""
    if family == _AF_INET:
        return raw[:4]
    return raw[12:] if raw.startswith(_MAPPED) else raw
