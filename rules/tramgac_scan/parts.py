"""A second look at a file that rules ran away on: in parts, so that all other rules still have their say.

One rule that a file was made for must not be the way past all of them.
"""

import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from tramgac_scan import client

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

PARTS = 16
"""So many parts at most; each that runs away costs its time again."""
MOST_RUNAWAYS = 3
"""After so many parts that ran away the rest is left: the file is hostile to them all, or the machine is too slow."""
_RUNAWAY = frozenset({"timeout", "memory", "crashed"})
_KEPT = 1_000  # files whose second look is remembered


class CarefulScanner:
    """A scanner that looks again in parts where its rules ran away. Not for two threads at once."""

    def __init__(self, sources: Sequence[client.YaraSource], limits: client.Limits | None = None) -> None:
        """Start a child with these sources. Raises RulesRejected, ScanError."""
        self._scanner = client.Scanner(sources, limits or client.Limits())
        self._known: OrderedDict[str, client.ScanResult] = OrderedDict()

    @property
    def held(self) -> tuple[str, ...]:
        """Layers of confinement that hold in the child."""
        return self._scanner.held

    @property
    def missing(self) -> tuple[str, ...]:
        """Layers that should hold here and do not."""
        return self._scanner.missing

    def scan(self, fd: int, externals: Mapping[str, str] | None = None, key: str = "") -> client.ScanResult:
        """Look at a descriptor as `Scanner` does; where rules run away, `spared` names those that were not judged.

        Raises ScanError where no child can be started.
        """
        if key in self._known:
            return self._known[key]
        result = self._scanner.scan(fd, externals, key)
        if result.refused in _RUNAWAY and len(self._scanner.sources) > 1:
            result = scan_in_parts(self._scanner.sources, self._scanner.limits, fd, externals)
            if key:
                self._known[key] = result
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return result

    def close(self) -> None:
        """End the child."""
        self._scanner.close()


def scan_in_parts(
    sources: Sequence[client.YaraSource], limits: client.Limits, fd: int, externals: Mapping[str, str] | None = None
) -> client.ScanResult:
    """Look at a descriptor with a part of the sources at a time; `spared` names those that were not judged.

    Raises ScanError where no child can be started.
    """
    size = -(-len(sources) // PARTS) or 1
    hits: list[client.Hit] = []
    spared: list[str] = []
    runaways, refused = 0, ""
    for start in range(0, len(sources), size):
        part = sources[start : start + size]
        if runaways == MOST_RUNAWAYS:
            spared += [source.path for source in part]
            continue
        with client.Scanner(part, limits) as scanner:
            result = scanner.scan(fd, externals)
        hits += result.hits
        if result.refused:
            runaways, refused = runaways + 1, result.refused
            spared += [source.path for source in part]
    return client.ScanResult(tuple(hits), refused, tuple(spared))
