"""The raw recording of `./dev lab benign` made fit to be kept: nothing of the recording machine in it, thinned.

What comes out is read like any export of ours: by `tramgac match`, and by the tests. Not a lane itself.
"""

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from backports import zstd
from tramgac_proto.names import parse_time, time_text

Json = dict[str, Any]
FIRST_MOMENT = int(datetime(2026, 11, 2, 1, tzinfo=UTC).timestamp()) * 1_000_000_000
"""When the kept recording begins: a Monday morning."""
KEPT_OF_A_SHAPE = 2
"""Where files come in thousands: of those that one program changes in one way in one such folder, so many."""
_LEVEL = 19
_THOUSANDS = re.compile(
    r"^/(usr/(share|lib|include)/|var/(lib/(dpkg|apt|postgresql)|cache)/|srv/(backup|git)/)"
    r"|/(node_modules|(site|dist)-packages|\.git|\.npm|\.cache|\.config/(chromium|libreoffice)|__pycache__|build)/"
)
_ONE_OF_MANY = re.compile(r"\d+|(?<=/)[^/]*[0-9A-F_-][^/]*(?=/)")
_HOST = re.compile(r"(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev)(?=[_/:]|$)")
_DROPPED = frozenset({"host.boot.id", "event.provider", "process.hash.sha256", "file.hash.sha256", "file.size"}) | {
    f"tramgac.process.{name}" for name in ("cgroup", "session", "login_uid")
}


@dataclass
class Anonymiser:
    """Turns raw events into kept ones: `root` is the folder of the place on the recording machine."""

    root: str
    _began: int = 0
    _processes: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
    _hosts: dict[str, str] = field(default_factory=dict)

    def event(self, raw: Json) -> Json:
        """One event; times, numbers, names and addresses are the kept recording's own."""
        moment = parse_time(raw["@timestamp"])
        self._began = self._began or moment
        since = (moment - self._began) // 1_000_000 * 1_000_000
        kept: Json = {"kind": raw["kind"], "time": time_text(FIRST_MOMENT + since)}
        for name, value in raw.items():
            if name not in {"kind", "@timestamp"} and name not in _DROPPED and not self._outside(raw, name):
                kept[name] = self._value(name, value)
        return kept

    def _outside(self, raw: Json, name: str) -> bool:
        """It tells of a process above the place: of what made the recording."""
        for above in ("process.parent.parent.", "process.parent."):
            program = str(raw.get(f"{above}executable", self.root))
            if name.startswith(above) and not program.startswith((self.root, "memfd:")):
                return True
        return False

    def _value(self, name: str, value: object) -> object:
        if name.endswith("entity_id"):
            return f"{self._process(value):016x}"
        if name.endswith(".ip"):
            return self._address(str(value))
        return self._text(value) if isinstance(value, str) else value

    def _process(self, entity: object) -> int:
        return self._processes.setdefault(str(entity), len(self._processes) + 1)

    def _address(self, text: str) -> str:
        if ipaddress.ip_address(text).is_loopback:
            return text
        return self._addresses.setdefault(text, f"192.0.2.{len(self._addresses) % 254 + 1}")

    def _text(self, text: str) -> str:
        return _HOST.sub(lambda found: self._host(found[0]), text.replace(self.root, "") or "/")

    def _host(self, name: str) -> str:
        if name.endswith(("example.org", "example.com")):
            return name
        return self._hosts.setdefault(name, f"host{len(self._hosts) + 1}.example.org")


class Thinner:
    """Leaves out what is like what was kept before; only where files come in thousands."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._seen: Counter[tuple[str, ...]] = Counter()

    def keeps(self, event: Json) -> bool:
        """Whether an event is to be kept: no ends of processes, of like changes of files the first."""
        if event["kind"] == "process_exit":
            return False
        path = str(event.get("file.path", ""))
        if not _THOUSANDS.search(path):
            return True
        place = PurePosixPath(path)
        folder = _ONE_OF_MANY.sub("#", f"{place.parent}/")
        shape = (event["kind"], str(event.get("process.executable")), folder, place.suffix)
        self._seen[shape] += 1
        return self._seen[shape] <= KEPT_OF_A_SHAPE


def kept(raw: Path, root: str) -> Iterator[Json]:
    """The events of a raw recording in the order of time, numbered, as they are kept."""
    events = [json.loads(line) for line in raw.read_text("utf-8").splitlines()]
    events.sort(key=lambda event: parse_time(event["@timestamp"]))
    anonymiser, thinner = Anonymiser(root), Thinner()
    chosen = filter(thinner.keeps, map(anonymiser.event, events))
    yield from ({**event, "sequence": number} for number, event in enumerate(chosen))


def write(events: Iterator[Json], target: Path) -> int:
    """Write events as compressed lines of JSON; how many there were."""
    lines = [json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events]
    parameters = zstd.CompressionParameter
    options = {parameters.compression_level: _LEVEL, parameters.window_log: 27}
    target.write_bytes(zstd.compress("\n".join(lines).encode() + b"\n", options=options))
    return len(lines)
