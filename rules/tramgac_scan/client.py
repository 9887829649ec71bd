"""The lens as others see it: give it descriptors or texts, get hits; the child behind it may run away, crash or lie.

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
from tramgac_scan.outside import EXTERNALS
from tramgac_scan.shelf import SHELF, Form, digest_of

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"


@dataclass(frozen=True, slots=True)
class YaraSource:
    """A YARA file: its name for messages, and its text."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one scan may cost."""

    seconds: int = 10  # by YARA's clock
    grace: float = 2.0  # seconds that the parent waits on top: YARA looks at its clock when it likes
    memory: int = 512 << 20  # address space of the child, bytes
    scans: int = 2000  # by one child, before a fresh one takes its place; a text is one too
    idle: bool = False  # the child runs only when nobody else wants the processor


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
    spared: tuple[str, ...] = ()  # paths of the sources that were not judged, where the others were

    @property
    def why(self) -> str:
        """What a person is told about a refusal: what became of the file, and how to mend it; empty for none."""
        if not self.refused:
            return ""
        return _WHY.get(self.refused, f"YARA said {self.refused!r} about this file; no rule was judged on it")


_KEPT = 10_000  # keys of what is parked; the one parked longest ago is looked at again
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
    _parked: dict[str, None] = field(default_factory=dict)
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
            return self._count(ScanResult(refused="parked"), "")
        self._ready()
        values = dict.fromkeys(EXTERNALS, "") | dict(externals or {})
        try:
            self._say({"op": "scan", "externals": values}, fd)
            result = self._answer()
        except _GONE as error:
            result = self._lost(error)
        if result.refused == "memory":
            self.close()  # what it could not give back it keeps
        return self._count(result, key)

    def scan_texts(self, texts: Sequence[str], keys: Sequence[str]) -> list[ScanResult]:
        """Look at texts (as UTF-8; offsets are of its bytes), a result each; `keys` name them for parking.

        One that the rules run away on costs its time and stops none of the others. ScanError where no child starts.
        """
        left = [(at, text, key) for at, (text, key) in enumerate(zip(texts, keys, strict=True))]
        results = [ScanResult(refused="parked")] * len(left)
        left = [one for one in left if one[2] not in self._parked]
        self.counters["parked"] += len(results) - len(left)
        while left:
            self._ready()
            done = 0
            try:
                self._say({"op": "texts", "texts": [text for _, text, _ in left]})
                for at, _, key in left:
                    results[at] = self._count(self._answer(), key)
                    done += 1
            except _GONE as error:
                at, _, key = left[done]
                results[at] = self._count(self._lost(error), key)
                done += 1
            self._left -= done - 1
            left = left[done:]
        return results

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

    def _ready(self) -> None:
        """A child that has not looked at too much; one scan more is on its account."""
        if self._left <= 0:
            self._start()
        self._left -= 1

    def _count(self, result: ScanResult, key: str) -> ScanResult:
        """Count a result; what was refused is parked."""
        self.counters["scans"] += result.refused != "parked"
        self.counters["hits"] += len(result.hits)
        if result.refused:
            self.counters[result.refused.partition(":")[0]] += 1
            if key:
                self._parked[key] = None
            if len(self._parked) > _KEPT:
                del self._parked[next(iter(self._parked))]
        return result

    def _lost(self, error: BaseException) -> ScanResult:
        self.close()
        # What it said last is not to be believed, unless it said nothing in its time.
        return ScanResult(refused="timeout" if isinstance(error, TimeoutError) else "crashed")

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._say(request)
        return self._heard()

    def _say(self, request: dict[str, Any], fd: int | None = None) -> None:
        if self._socket is None:
            raise EOFError("no child runs")
        self._socket.settimeout(self.limits.seconds + self.limits.grace)
        protocol.send(self._socket, request, fd)

    def _heard(self) -> dict[str, Any]:
        if self._socket is None:
            raise EOFError("no child runs")
        return protocol.receive(self._socket)[0]

    def _answer(self) -> ScanResult:
        answer = self._heard()
        return ScanResult(tuple(map(_hit, answer["hits"])), str(answer["refused"]))

    def _start(self) -> None:
        """A fresh child with the sources compiled; RulesRejected, or ScanError where none can be started."""
        self.counters["restarts"] += self._child is not None or self.counters["scans"] > 0
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        limits = self.limits
        arguments = [theirs.fileno(), limits.memory, limits.seconds * limits.scans, limits.seconds, int(limits.idle)]
        command = [sys.executable, "-I", "-m", "tramgac_scan.child", *map(str, arguments)]
        with theirs:
            self._child = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={}
            )
        self._socket = ours
        try:
            ours.settimeout(30)
            self._welcome(protocol.receive(ours)[0])
            form = self._load()
        except (OSError, EOFError) as error:
            self.close()
            raise ScanError(f"the scanning child did not start or did not survive these rules: {error!r}") from error
        self.content_only = form.content_only
        self._left = limits.scans

    def _load(self) -> Form:
        """Give the child its rules: compiled before, or as sources. RulesRejected, OSError, EOFError."""
        sources = [(source.path, source.source) for source in self.sources]
        digest = digest_of(sources)
        known = SHELF.get(digest)
        if known is not None and not self._ask({"op": "load", "form": known.data.decode("ascii")})["refused"]:
            self.counters["loads"] += 1
            return known
        SHELF.drop(digest)
        compiled = self._ask({"op": "compile", "sources": sources})
        if compiled["problems"]:
            self.close()
            raise RulesRejected(tuple(YaraProblem(*problem) for problem in compiled["problems"]))
        self.counters["compilations"] += 1
        form = Form(str(compiled["form"]).encode("ascii"), frozenset(compiled["content_only"]))
        if form.data:
            SHELF.put(digest, form)
        return form

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


_GONE = (EOFError, OSError, ValueError, KeyError, TypeError)
"""A child that is dead, late or talks nonsense."""


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
