"""Whose a state directory is, and whether it can be used: said in a sentence before anything is started or made."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tramgac_wire import whole

from tramgac_collector.errors import StateError
from tramgac_collector.paths import StatePaths

_ADVICE = {
    errno.ENOSPC: "the disk is full: make room on it and try again",
    errno.EDQUOT: "this user's quota is used up: make room and try again",
    errno.ENOENT: "name another folder with --state",
    errno.ENOTDIR: "name a folder with --state, this is a file",
    errno.EROFS: "the disk is mounted read-only: look at the machine's own log for why",
}
_PROBE = bytes(4_096)


def require_own(root: Path, command: str) -> None:
    """See that a folder, if it is there, is this user's: what another user leaves in it its owner could not use.

    Raises:
        StateError: it is another user's, or cannot be looked at; `command` (after `tramgac`) is in the advice.

    """
    with said(root):
        owner = root.stat().st_uid if root.exists() else os.geteuid()
    if owner != os.geteuid():
        line = f"sudo -u {shlex.quote(name_of(owner))} tramgac {command} --state {shlex.quote(str(root))}"
        message = f"{root} belongs to the user {name_of(owner)} and this is {name_of(os.geteuid())}: run it so: {line}"
        raise StateError(message)


def keep_private() -> None:
    """Have all that this program and its children write be the owner's alone, whatever the folder's mode becomes."""
    os.umask(0o077)


def require_writable(paths: StatePaths) -> None:
    """See that something can be written where each run writes: told now it is one sentence, later it would be many.

    Raises:
        StateError: it cannot.

    """
    probe = paths.run / "probe"
    with said(paths.run):
        whole.write(probe, _PROBE)
        probe.unlink()


@contextmanager
def said(place: Path) -> Iterator[None]:
    """Have an OSError of the block said as a StateError: what, where, how to mend it."""
    try:
        yield
    except OSError as error:
        where = error.filename or place
        advice = _whose(place) if isinstance(error, PermissionError) else _ADVICE.get(error.errno or 0, "look at it")
        message = f"{where}: {error.strerror or error}; {advice}"
        raise StateError(message) from None


def _whose(place: Path) -> str:
    me, owner = os.geteuid(), None
    with contextlib.suppress(OSError):
        owner = place.stat().st_uid
    if owner == me:
        return f"part of it is another user's: as root, chown -R {name_of(me)} {shlex.quote(str(place))}"
    whose = "" if owner is None else f" ({name_of(owner)})"
    return f"this is the user {name_of(me)}: run as the user whom {place} belongs to{whose}"


def name_of(uid: int) -> str:
    """Give a user's name, as sudo takes it; # and the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
