"""Users: the uplink becomes a user of its own where there is one; the state folder is laid out for that."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_agent import words
from tramgac_agent.errors import NotPermitted, Unreadable

if TYPE_CHECKING:
    from tramgac_agent.paths import AgentPaths

_log = logging.getLogger(__name__)
NEEDED: tuple[str, ...] = (os.__file__, __file__)
"""Files that the uplink's user must be able to read: of Python's library and of what is installed."""
_NOBODY: Final = 65_534
"""A user and a group that own nothing."""


def user_id(name: str) -> int | None:
    """Number of a user; None if there is none, or no such thing here."""
    if sys.platform == "win32":
        return None
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def drop(name: str) -> str:
    """Become that user for good if we are root and it exists; a sentence says what was done, in the log too.

    Root that stays root is a warning: what speaks with the network has rights then that it does not need.

    Raises NotPermitted, or Unreadable: that user could not load what we have not loaded yet.
    """
    done = _drop(name)
    stays_root = sys.platform != "win32" and os.geteuid() == 0 and name != "root"
    _log.log(logging.WARNING if stays_root else logging.INFO, "%s", done)
    return done


def _drop(name: str) -> str:
    if sys.platform == "win32":
        return "uplink: Windows has no users to change to here; it keeps its own (untested)"
    import pwd

    if os.geteuid() != 0:
        return f"uplink: runs as user {os.geteuid()}"
    if user_id(name) is None:
        return (
            f"uplink: runs as root, for there is no user {name!r}. Make it, so that what speaks with the network has "
            f"no rights here: `useradd --system --user-group --no-create-home --shell /usr/sbin/nologin {name}`, or "
            "`tramgac-agent install`, which does; or name another as uplink_user in config.toml"
        )
    entry = pwd.getpwnam(name)
    if entry.pw_uid == 0:  # a container's root may not even do what changes nothing
        return f"uplink: stays {name}, as uplink_user says"
    try:
        os.setgroups([])
        os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
        os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    except PermissionError as error:
        raise NotPermitted(words.NOT_PERMITTED.say(user=name, why=error.strerror)) from error
    for place in NEEDED:
        if not os.access(place, os.R_OK):
            raise Unreadable(words.UNREADABLE.say(user=name, place=Path(place).parent))
    return f"uplink: became {name}"


def require_readable(name: str, python: str) -> None:
    """See that a user could run the agent out of this interpreter; one that does not exist yet may what all may.

    Raises Unreadable, naming the first place that is closed. Needs root.
    """
    if sys.platform == "win32":
        return
    import pwd

    try:
        entry = pwd.getpwnam(name)
        user, group = entry.pw_uid, entry.pw_gid
    except KeyError:
        user = group = _NOBODY
    for how, place in (("-x", python), *(("-r", needed) for needed in NEEDED)):
        asked = ["test", how, place]
        if subprocess.run(asked, user=user, group=group, extra_groups=[], cwd="/", check=False).returncode:
            raise Unreadable(words.UNREADABLE.say(user=name, place=Path(place).parent))


def lay_out(paths: AgentPaths, name: str) -> None:
    """Make the folders; where we are root and the uplink's user exists, give it what is its own, and let it read.

    Its own: identity/, content/staged/, run/uplink/. To read: the rest, by its group (folders carry setgid, so that
    what is created later has the group too). Raises OSError.
    """
    for folder in (paths.root, paths.spool, paths.content, paths.trust, paths.staged, paths.run, paths.outbox):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    if sys.platform == "win32" or os.geteuid() != 0 or user_id(name) is None:
        return
    import pwd

    entry = pwd.getpwnam(name)
    for folder in (paths.identity, paths.staged, paths.outbox):
        _give(folder, entry.pw_uid, entry.pw_gid)
    for path in (paths.root, paths.spool, *paths.spool.rglob("*"), paths.content, paths.run):
        os.chown(path, 0, entry.pw_gid, follow_symlinks=False)
        if path.is_dir():
            path.chmod(0o2750)


def _give(folder: Path, uid: int, gid: int) -> None:
    """A folder with what is directly in it; never through a link."""
    if sys.platform == "win32" or not folder.exists():
        return
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, gid, follow_symlinks=False)
