"""The kernel's file notification: its calls and its events (fanotify(7), fanotify_init(2), fanotify_mark(2)).

The mode used reports no descriptors but names: the handle of the directory, the name in it, and the
handle of the file itself (FAN_REPORT_DFID_NAME_TARGET, Linux 5.17; without the last, 5.9).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from functools import cache
from typing import NamedTuple

assert sys.platform == "linux"

# fanotify_init. Not FAN_UNLIMITED_QUEUE: whoever makes files faster than they are read would fill the kernel's memory,
# past every limit of our service. The queue holds fs.fanotify.max_queued_events (16,384); beyond, one OVERFLOW says so.
_CLOEXEC, _NONBLOCK, _UNLIMITED_MARKS = 0x1, 0x2, 0x20
_REPORT_FID, _REPORT_DIR_FID, _REPORT_NAME, _REPORT_TARGET_FID = 0x200, 0x400, 0x800, 0x1000
BY_NAME = _REPORT_DIR_FID | _REPORT_NAME
BY_NAME_AND_TARGET = BY_NAME | _REPORT_FID | _REPORT_TARGET_FID
# fanotify_mark
_MARK_ADD, _MARK_FILESYSTEM = 0x1, 0x100
_AT_FDCWD = -100
# events
CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE, OPEN_EXEC = 0x8, 0x40, 0x80, 0x100, 0x200, 0x1000
OVERFLOW, RENAME, ONDIR = 0x4000, 0x1000_0000, 0x4000_0000
# information records
_FID, _DFID_NAME, _DFID, _OLD_DFID_NAME, _NEW_DFID_NAME = 1, 2, 3, 10, 12
_EVENT = struct.Struct("=IBBHQii")
_INFO = struct.Struct("=BBH8sI")
_HANDLE_AT = 12
"""Bytes of an information record before its handle: type, padding, length, file system's id."""
_BUFFER = 1 << 18


class Named(NamedTuple):
    """A name in a directory."""

    filesystem: bytes
    """The file system's id, 8 bytes, as statfs(2) tells it."""
    directory: bytes
    """Handle of the directory."""
    name: bytes


class Happening(NamedTuple):
    """One event."""

    mask: int
    pid: int
    here: Named | None
    """Where it happened; the new name of a rename."""
    before: Named | None
    """The old name of a rename."""
    target: bytes
    """Handle of the file itself; empty if it was not told."""


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.fanotify_mark.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p]
    return library


def open_group(report: int) -> int:
    """A notification group: BY_NAME or BY_NAME_AND_TARGET. Raises OSError (EPERM, EINVAL where the kernel is older)."""
    flags = _CLOEXEC | _NONBLOCK | _UNLIMITED_MARKS | report
    fd: int = _library().fanotify_init(flags, os.O_RDONLY | os.O_CLOEXEC)
    if fd < 0:
        raise _error("fanotify_init")
    return fd


def mark(fd: int, mask: int, path: str) -> None:
    """Watch the whole file system that holds `path`. Raises OSError (ENODEV, EOPNOTSUPP where it has no handles)."""
    if _library().fanotify_mark(fd, _MARK_ADD | _MARK_FILESYSTEM, mask, _AT_FDCWD, os.fsencode(path)):
        raise _error(f"fanotify_mark {path}")


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def read(fd: int) -> list[Happening]:
    """What is queued, at most one buffer of it (some 3,000 events); nothing if the queue is empty."""
    try:
        return parse(os.read(fd, _BUFFER))
    except BlockingIOError:
        return []


def parse(data: bytes) -> list[Happening]:
    """Events as they lie in a buffer."""
    found = []
    at = 0
    while at < len(data):
        length, _, _, head, mask, _, pid = _EVENT.unpack_from(data, at)
        here = before = None
        target = b""
        info, at = at + head, at + length
        while info < at:
            kind, _, size, filesystem, opaque = _INFO.unpack_from(data, info)
            handle_end = info + _HANDLE_AT + 8 + opaque
            handle = data[info + _HANDLE_AT : handle_end]
            if kind == _FID:
                target = handle
            elif kind in {_DFID_NAME, _DFID, _NEW_DFID_NAME}:
                here = Named(filesystem, handle, data[handle_end : info + size].split(b"\0", 1)[0])
            elif kind == _OLD_DFID_NAME:
                before = Named(filesystem, handle, data[handle_end : info + size].split(b"\0", 1)[0])
            info += size
        found.append(Happening(mask, pid, here, before, target))
    return found
