"""What all processes of a collector hold together, and how it grows. Not a lane itself."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from tests.lab.site import Site

EVERY_S = 0.25
MIB = 1 << 20
Held = dict[str, int]
"""Bytes by process."""


def held(site: Site) -> Held:
    """What each process of the collector holds, bytes: PSS where the kernel tells it, else RSS."""
    found: Held = {}
    roots = [psutil.Process(child.pid) for child in site.stage.children.processes]
    for one in [*roots, *(child for root in roots for child in root.children(recursive=True))]:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            found[f"{_role(one)} {one.pid}"] = _pss(one)
    return found


def _role(one: psutil.Process) -> str:
    words = one.cmdline()
    return words[words.index("--state") - 1].rpartition("/")[2] if "--state" in words else one.name()


def _pss(one: psutil.Process) -> int:
    try:
        lines = Path(f"/proc/{one.pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return int(one.memory_info().rss)
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def together(sizes: Held) -> int:
    """The sum, but for the event store's engine."""
    return sum(sizes.values()) - engines(sizes)


def engines(sizes: Held) -> int:
    """The event store's engine."""
    return _of("engine", sizes)


def gateways(sizes: Held) -> int:
    """The gateway."""
    return _of("gateway", sizes)


def _of(role: str, sizes: Held) -> int:
    return sum(size for name, size in sizes.items() if name.startswith(role))


def most(seen: Sequence[Held], of: Callable[[Held], int]) -> int:
    """The most that some of the processes held at a time: each has a moment of its own at which it holds most."""
    return max(map(of, seen))


def grown(before: Sequence[Held], after: Sequence[Held]) -> dict[str, float]:
    """By how many MiB the most that each process held has changed, for people; what is less than one is left out."""
    names = {name for sizes in (*before, *after) for name in sizes}
    by = {name: (_most_of(name, after) - _most_of(name, before)) / MIB for name in sorted(names)}
    return {name: round(size, 1) for name, size in by.items() if abs(size) >= 1}


def _most_of(name: str, seen: Sequence[Held]) -> int:
    return most(seen, lambda sizes: sizes.get(name, 0))


class Watch:
    """Looks all the time, in a thread."""

    def __init__(self, site: Site) -> None:
        """Begin to look."""
        self._site, self._stop, self._lock = site, threading.Event(), threading.Lock()
        self._seen: list[Held] = []
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(EVERY_S):
            now = held(self._site)
            with self._lock:
                self._seen.append(now)

    def seen(self) -> list[Held]:
        """What was held since the last call, least first; looks once more if it had no time to."""
        with self._lock:
            seen, self._seen = self._seen or [held(self._site)], []
        return sorted(seen, key=together)

    def close(self) -> None:
        """Look no longer."""
        self._stop.set()
        self._thread.join()
