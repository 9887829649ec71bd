"""Content on its way: the uplink fetches what is offered into `content/staged`, the sensor process has it verified.

The uplink understands just enough of the repository's metadata to know which files to ask for; it decides nothing.
Who decides is updater.py, in a bounded child of the sensor process.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from backports import zstd
from tramgac_wire import whole
from tramgac_wire.limits import MAX_METADATA, MAX_ROOT, MAX_TARGET

from tramgac_agent.errors import StagingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tramgac_agent.paths import AgentPaths

NAME: Final = re.compile(
    r"metadata/(\d{1,9}\.)?(root|timestamp|snapshot|targets)\.json|targets/[0-9a-f]{64}\.[a-z][a-z.]{0,40}"
)
BUNDLE: Final = "rules.json.zst"
DICTIONARY: Final = f"{'windows' if sys.platform == 'win32' else 'linux'}.dictionary"
"""What batches of this system are compressed with."""
MAX_ROOTS: Final = 64
WALL_S: Final = 120.0
"""How long the updater may take."""


def place(staged: Path, name: str) -> Path:
    """Where a repository file lies below `staged`. Raises KeyError for a name that is none (no folder escape)."""
    if not NAME.fullmatch(name):
        raise KeyError(name)
    return staged / name.replace("/", "_")


def limit(name: str) -> int:
    """How large a repository file may be, bytes."""
    if name.startswith("targets/"):
        return MAX_TARGET
    return MAX_ROOT if name.endswith("root.json") else MAX_METADATA


def version_in_force(path: Path) -> int:
    """Number of the bundle in `current.json.zst`; 0 for none or an unreadable one."""
    try:
        return int(json.loads(zstd.decompress(path.read_bytes()))["version"])
    except (OSError, ValueError, KeyError, TypeError, zstd.ZstdError):
        return 0


class Staging:
    """Fetches a repository's newest files.

    Args:
        staged: The folder to fill.
        fetch: Gives a file's bytes by its name and limit; KeyError if the collector has none.
    """

    def __init__(self, staged: Path, fetch: Callable[[str, int], Awaitable[bytes]]) -> None:
        self._staged = staged
        self._fetch = fetch
        self._fresh: set[str] = set()

    async def run(self, roots_from: int) -> None:
        """Fetch the roots above `roots_from`, then timestamp, snapshot, targets and the bundle that they name.

        Raises StagingError with the reason missing, malformed or full; ConnectionError is passed on.
        """
        try:
            await self._roots(roots_from)
            timestamp = await self._metadata("metadata/timestamp.json")
            snapshot = await self._metadata(f"metadata/{_version(timestamp, 'snapshot.json')}.snapshot.json")
            targets = await self._metadata(f"metadata/{_version(snapshot, 'targets.json')}.targets.json")
            named = targets["signed"]["targets"]
            await self._target(BUNDLE, str(named[BUNDLE]["hashes"]["sha256"]))
            if DICTIONARY in named:
                await self._target(DICTIONARY, str(named[DICTIONARY]["hashes"]["sha256"]))
            self._tidy()
        except KeyError as error:
            raise StagingError("missing", f"the collector's repository lacks {error}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise StagingError("malformed", f"the collector's repository is malformed: {error!r}") from error
        except ConnectionError:
            raise
        except OSError as error:
            raise StagingError("full", f"{self._staged}: {error.strerror}") from error

    async def _roots(self, known: int) -> None:
        for version in range(known + 1, known + MAX_ROOTS):
            try:
                await self._get(f"metadata/{version}.root.json")
            except KeyError:
                return

    async def _metadata(self, name: str) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(await self._get(name))
        return parsed

    async def _target(self, of: str, sha256: str) -> None:
        name = f"targets/{sha256}.{of}"
        kept = place(self._staged, name)
        self._fresh.add(kept.name)
        if not kept.exists():
            await self._get(name)

    def _tidy(self) -> None:
        """Remove what belongs to earlier offers."""
        for path in self._staged.iterdir():
            if path.name not in self._fresh:
                path.unlink(missing_ok=True)

    async def _get(self, name: str) -> bytes:
        path = place(self._staged, name)
        self._fresh.add(path.name)
        data = await self._fetch(name, limit(name))
        whole.write(path, data, mode=0o640, durable=False)
        return data


def _version(metadata: dict[str, Any], of: str) -> int:
    """The version of another file that a metadata file names."""
    return int(metadata["signed"]["meta"][of]["version"])


def read_staged(staged: Path, name: str) -> bytes:
    """A staged file for the updater: a regular file, no link, within its limit. Raises KeyError."""
    path = place(staged, name)
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise KeyError(name) from error
    with os.fdopen(fd, "rb") as file:
        data = file.read(limit(name) + 1)
    if len(data) > limit(name):
        raise KeyError(name)
    return data


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the updater says: loaded into `current.json.zst`, or refused with a reason."""

    version: int
    ok: bool
    reason: str


class Update:
    """One run of the updater, a bounded child of the sensor process; never blocks."""

    def __init__(self, paths: AgentPaths, command: tuple[str, ...] = ("-I", "-m", "tramgac_agent.updater")) -> None:
        self._deadline = time.monotonic() + WALL_S
        self._child = subprocess.Popen(
            [sys.executable, *command, str(paths.root)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    def poll(self) -> Outcome | None:
        """The outcome, or None while it runs; kills what runs too long."""
        if self._child.poll() is None:
            if time.monotonic() < self._deadline:
                return None
            self.kill()
            return Outcome(0, ok=False, reason="timeout")
        assert self._child.stdout
        with self._child.stdout as out:
            said = out.read(4096)
        try:
            raw = json.loads(said)
            return Outcome(int(raw["version"]), ok=raw["ok"] is True, reason=str(raw["reason"])[:200])
        except (ValueError, KeyError, TypeError):
            status = self._child.returncode
            name = signal.Signals(-status).name if status < 0 else str(status)
            return Outcome(0, ok=False, reason=f"updater ended with {name}")

    def kill(self) -> None:
        """End it now."""
        self._child.kill()
        self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()
