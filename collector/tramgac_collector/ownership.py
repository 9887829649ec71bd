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
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

_ADVICE = {
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.QUOTA_USED,
    errno.ENOENT: Trouble.NO_PLACE,
    errno.ENOTDIR: Trouble.NO_FOLDER,
    errno.EROFS: Trouble.READ_ONLY,
}
_OTHER_PLACE = frozenset({Trouble.NO_PLACE, Trouble.NO_FOLDER})
"""Advice that helps only where the folder that was named is what is wrong."""
_PROBE = bytes(4_096)


def require_own(root: Path, command: str) -> None:
    """See that a folder, if it is there, is this user's: what another user leaves in it its owner could not use.

    Raises:
        StateError: it is another user's, or cannot be looked at; `command` (after `tramgac`) is in the advice.

    """
    with said(root):
        owner = root.stat().st_uid if root.exists() else os.geteuid()
    if owner != os.geteuid():
        line = f"{_as_user(owner)} tramgac {command} --state {shlex.quote(str(root))}"
        whose = {"owner": name_of(owner), "me": name_of(os.geteuid())}
        raise StateError(Trouble.OTHER_OWNER.both(root=root, line=line, **whose))


def _as_user(uid: int) -> str:
    """Give what stands before a command that another user shall run: runuser is on every Linux, but root's alone."""
    name = name_of(uid)
    return f"runuser -u {name} --" if os.geteuid() == 0 and name[0] != "#" else f"sudo -u {shlex.quote(name)}"


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
        where, why = error.filename or place, error.strerror or error
        raise StateError(Trouble.PLACE.both(where=where, why=why, advice=_advice(error, place))) from None


def _advice(error: OSError, place: Path) -> Both:
    if isinstance(error, PermissionError):
        return _whose(place)
    word = _ADVICE.get(error.errno or 0, Trouble.LOOK)
    at = Path(os.fsdecode(error.filename or place))
    elsewhere = at != place and at not in place.parents and place not in at.parents
    return (Trouble.LOOK if elsewhere and word in _OTHER_PLACE else word).both()


def _whose(place: Path) -> Both:
    me, owner = os.geteuid(), None
    with contextlib.suppress(OSError):
        owner = place.stat().st_uid
    if owner == me:
        return Trouble.PARTLY_FOREIGN.both(me=name_of(me), place=shlex.quote(str(place)))
    whose = "" if owner is None else f" ({name_of(owner)})"
    return Trouble.WHOSE.both(me=name_of(me), place=place, owner=whose)


def name_of(uid: int) -> str:
    """Give a user's name, as sudo takes it; # and the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
