"""The lens as others see it: give it descriptors, get hits; the child behind it may run away, crash or lie.

The parent's own clock is the bound: YARA's timeout does not stop every pattern. A child that overstays is killed and
started anew; the file that made it do so is parked and not looked at again with the same rules.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tramgac_scan import protocol
from tramgac_scan.errors import RulesRejected, ScanError, YaraProblem

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"


@dataclass(frozen=True, slots=True)
class YaraSource:
    """A YARA file: its name for messages, and its text."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one scan may cost."""

    seconds: int = 10  # by YARA's clock; the parent waits two more
    memory: int = 512 << 20  # address space of the child, bytes
    scans: int = 2000  # by one child, before a fresh one takes its place


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a file met: its name, the source it stands in, its meta, and where its strings were found."""

    rule: str
    path: str
    meta: Mapping[str, str]
    strings: tuple[tuple[str, int, int], ...]  # name, offset, length; bytes


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Hits, or why the file was not looked at: timeout, memory, crashed, parked, error: ..."""

    hits: tuple[Hit, ...] = ()
    refused: str = ""

    @property
    def why(self) -> str:
        """What a person is told about a refusal: what became of the file, and how to mend it; empty for none."""
        if not self.refused:
            return ""
        return _WHY.get(self.refused, f"YARA said {self.refused!r} about this file; no rule was judged on it")


_ASIDE = "the file is not looked at again with these rules"
_MEND = "look for a rule whose strings match nearly everywhere (wide jumps, .* in a regular expression) and mend it"
_WHY = {
    "timeout": f"the YARA rules did not end in time: the scan was stopped and {_ASIDE}; {_MEND}",
    "memory": f"the YARA rules wanted more memory than a scan may have: {_ASIDE}; {_MEND}",
    "crashed": f"the scanning process died on this file: {_ASIDE}; keep the file and report it",
    "parked": f"these rules ran away on this file before: {_ASIDE}; {_MEND}",
}


@dataclass(slots=True)
class Scanner:
    """A warm child with these sources; RulesRejected where they do not compile. Not for two threads at once."""

    sources: Sequence[YaraSource]
    limits: Limits = field(default_factory=Limits)
    counters: Counter[str] = field(default_factory=Counter)  # scans, hits, restarts and each reason of refusal
    held: tuple[str, ...] = ()  # layers of confinement that hold in the child
    content_only: frozenset[str] = frozenset()  # paths of sources that use no external
    _parked: set[str] = field(default_factory=set)
    _child: subprocess.Popen[bytes] | None = None
    _socket: socket.socket | None = None
    _left: int = 0

    def __post_init__(self) -> None:
        """Start at once: bad rules are told to whoever brings them."""
        self._start()

    @property
    def missing(self) -> tuple[str, ...]:
        """Layers of confinement that should hold here and do not; only root can become another user."""
        return tuple(
            one for one in protocol.LAYERS if one not in self.held and (one != protocol.USER or os.geteuid() == 0)
        )

    def scan(self, fd: int, externals: Mapping[str, str] | None = None, key: str = "") -> ScanResult:
        """Look at a descriptor (its whole file, whatever its position); `key` names the file for parking."""
        if key and key in self._parked:
            self.counters["parked"] += 1
            return ScanResult(refused="parked")
        if self._left <= 0:
            self._start()
        self._left -= 1
        self.counters["scans"] += 1
        values = dict.fromkeys(protocol.EXTERNALS, "") | dict(externals or {})
        try:
            answer = self._ask({"op": "scan", "externals": values}, fd)
            result = ScanResult(tuple(map(_hit, answer["hits"])), answer["refused"])
        except TimeoutError:
            result = self._lost("timeout")
        except (EOFError, OSError, ValueError, KeyError, TypeError):
            result = self._lost("crashed")  # whatever it said last is not to be believed
        if result.refused:
            self.counters[result.refused.partition(":")[0]] += 1
            if key:
                self._parked.add(key)
        self.counters["hits"] += len(result.hits)
        return result

    def close(self) -> None:
        """End the child."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._child is not None:
            # Not to be ended only where _start() has refused it: without its socket it then ends by itself.
            with contextlib.suppress(PermissionError):
                self._child.kill()
            self._child.wait()
            self._child = None
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lost(self, reason: str) -> ScanResult:
        self.close()
        return ScanResult(refused=reason)

    def _ask(self, request: dict[str, Any], fd: int | None = None) -> dict[str, Any]:
        if self._socket is None:
            raise EOFError("no child runs")
        self._socket.settimeout(self.limits.seconds + 2)
        protocol.send(self._socket, request, fd)
        return protocol.receive(self._socket)[0]

    def _start(self) -> None:
        """A fresh child with the sources compiled; RulesRejected, or ScanError where none can be started."""
        self.counters["restarts"] += self._child is not None or self.counters["scans"] > 0
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        arguments = [theirs.fileno(), self.limits.memory, self.limits.seconds * self.limits.scans, self.limits.seconds]
        command = [sys.executable, "-I", "-m", "tramgac_scan.child", *map(str, arguments)]
        with theirs:
            self._child = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={}
            )
        self._socket = ours
        try:
            ours.settimeout(30)
            self._welcome(protocol.receive(ours)[0])
            loaded = self._ask({"op": "load", "sources": [[s.path, s.source] for s in self.sources]})
        except (OSError, EOFError) as error:
            self.close()
            raise ScanError(f"the scanning child did not start or did not survive these rules: {error!r}") from error
        if loaded["problems"]:
            self.close()
            raise RulesRejected(tuple(YaraProblem(*problem) for problem in loaded["problems"]))
        self.content_only = frozenset(loaded["content_only"])
        self._left = self.limits.scans

    def _welcome(self, told: dict[str, Any]) -> None:
        """A child that is locked in and can be ended; ScanError otherwise."""
        assert self._child is not None
        self.held = tuple(told["held"])
        refused = told["refused"]
        try:
            os.kill(self._child.pid, 0)
        except PermissionError:
            refused = "the scanning child could not be ended if it ran away, so YARA is not run: give CAP_KILL"
        except ProcessLookupError:
            pass
        if refused:
            self.close()
            raise ScanError(refused)


def _hit(data: dict[str, Any]) -> Hit:
    strings = tuple((str(name), int(offset), int(length)) for name, offset, length in data["strings"])
    return Hit(str(data["rule"]), str(data["path"]), dict(data["meta"]), strings)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What compiling some sources showed."""

    problems: tuple[YaraProblem, ...] = ()
    content_only: frozenset[str] = frozenset()  # paths of sources that use no external; empty if there are problems


def inspect(sources: Iterable[YaraSource]) -> Inspection:
    """Compile in a child and say what is wrong, all at once; also when the compiler itself does not survive."""
    given = tuple(sources)
    try:
        with Scanner(given) as scanner:
            return Inspection(content_only=scanner.content_only)
    except RulesRejected as rejected:
        return Inspection(rejected.problems)
    except ScanError as error:
        return Inspection((YaraProblem(given[0].path if given else "", 0, str(error)),))
