"""A stream of an office's Windows machines: real events of the public recordings with fresh names, numbers and hashes.

What machines do most of the time, in the shares in which they do it; no text but that of the recordings' system
programs comes twice, as in a fleet. The same seed gives the same stream.
"""

import random
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from tramgac_collector.matching import jsonfile
from tramgac_rules.record import Record

SYSMON = "Microsoft-Windows-Sysmon/Operational"
# Sysmon's event id -> share of the stream.
SHARES = {"11": 35, "3": 17, "22": 15, "13": 7, "12": 5, "7": 10, "1": 8, "23": 3}
ORDINARY = ("c:\\windows\\system32", "c:\\program", "c:\\windows\\explorer", "c:\\windows\\systemapps")
KEPT = 8_000  # events of a kind that are kept as patterns
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DIGITS = re.compile(r"(?<=\d)\d{2,}(?=\D|$)")
_HEX = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-fA-F]{6,}\b")
_USER = re.compile(r"(?<=C:\\Users\\)[^\\]+", re.IGNORECASE)
NAMES = ("an", "binh", "chau", "dung", "giang", "hai", "hoa", "hung", "khanh", "lan", "linh", "long", "mai", "minh")
FAMILIES = ("nguyen", "tran", "le", "pham", "hoang", "phan", "vu", "dang", "bui", "do", "ho", "ngo", "duong", "ly")
BROWSER = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
RENDERER = (
    '"{0}" --type=renderer --lang=vi --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id={1} '
    "--time-ticks-at-unix-epoch=-{2} --mojo-platform-channel-handle={3} --field-trial-handle={3},i,{2},{2},262144"
)


class Office:
    """Makes records; `patterns` are real ones by event id."""

    def __init__(self, patterns: Mapping[str, list[dict[str, str]]], seed: int = 1) -> None:
        """Begin a stream."""
        self._patterns = patterns
        self._random = random.Random(seed)
        pick = self._random.choice
        self._users = [f"{pick(FAMILIES)}.{pick(NAMES)}{self._random.randint(1, 99)}" for _ in range(400)]
        self._domains = [f"{pick(NAMES)}{i}.{pick(('gov', 'edu', 'com'))}.vn" for i in range(4_000)]
        self._shares = [1 / (i + 1) for i in range(4_000)]

    def mixed(self, count: int) -> list[Record]:
        """Return events of all sorts."""
        ids = self._random.choices(list(SHARES), list(SHARES.values()), k=count)
        return [self._record(event_id) for event_id in ids]

    def processes(self, count: int) -> list[Record]:
        """Return process creations alone."""
        return [self._record("1") for _ in range(count)]

    def _record(self, event_id: str) -> Record:
        fields = dict(self._random.choice(self._patterns[event_id]))
        user = self._random.choice(self._users)
        for name in ("CommandLine", "ParentCommandLine", "TargetFilename", "TargetObject", "Details"):
            if name in fields:
                fields[name] = self._fresh(fields[name], user)
        if event_id == "1" and self._random.random() < 0.3:
            large = self._random.getrandbits(62)
            fields |= {"Image": BROWSER, "OriginalFileName": "chrome.exe", "ParentImage": BROWSER}
            fields["CommandLine"] = RENDERER.format(BROWSER, large % 900, large, large % 9_000)
        if event_id == "22":
            fields["QueryName"] = self._random.choices(self._domains, self._shares)[0]
        if event_id == "3" and self._random.random() < 0.6:
            fields["DestinationIp"] = ".".join(str(self._random.randint(1, 254)) for _ in range(4))
        fields |= {
            "Computer": f"WS-{self._random.randint(1, 4_000):05d}",
            "ProcessGuid": self._guid(),
            "ProcessId": str(self._random.randint(400, 20_000)),
            "UtcTime": f"2026-11-22 10:{self._random.randint(0, 59):02d}:{self._random.random() * 60:06.3f}",
            "User": f"CQ\\{user}",
        }
        return Record(fields, "windows", "event_log", SYSMON, event_id)

    def _fresh(self, text: str, user: str) -> str:
        """Put a user of ours, new GUIDs, numbers and digests into a text."""
        text = _USER.sub(lambda _found: user, text)
        text = _GUID.sub(lambda _found: self._guid(), text)
        text = _HEX.sub(lambda found: f"{self._random.getrandbits(256):064x}"[: len(found[0])], text)
        return _DIGITS.sub(lambda found: f"{self._random.getrandbits(200):060d}"[-len(found[0]) :], text)

    def _guid(self) -> str:
        return f"{{{uuid.UUID(int=self._random.getrandbits(128))}}}".upper()


def patterns(folder: Path, most: int | None = None) -> dict[str, list[dict[str, str]]]:
    """Return ordinary Sysmon events of the recordings in a folder, by event id, as fields of text.

    `most`: so many records are looked at, for all takes half a minute.
    """
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for record in islice(recorded(folder), most):
        event_id = record.event_id
        ordinary = str(record.fields.get("Image", "")).lower().startswith(ORDINARY)
        if record.channel == SYSMON and event_id in SHARES and ordinary and len(found[event_id]) < KEPT:
            fields = {name: value for name, value in record.fields.items() if isinstance(value, str)}
            found[event_id].append({name: value for name, value in fields.items() if name != "Message"})
    found["23"] = found["23"] or found["11"]
    return dict(found)


def recorded(folder: Path) -> Iterator[Record]:
    """Yield the records of all recordings in a folder."""
    for path in sorted(folder.glob("*.jsonl.zst")):
        for entry in jsonfile.entries(path):
            if entry.record is not None:
                yield entry.record
