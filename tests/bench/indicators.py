"""What a million indicators cost: bytes on the disk, memory, time an event; `./dev bench indicators [--quick]`.

The stream is an office's: most values come again, paths and command lines do not. Beside it runs what one would
write first, a plain dict of a million values, on the same events in the same process. Measured: 29 MB on the disk,
22 MB of growth, 0.7 times the dict's time an event.
"""

import gc
import mmap
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

from backports import zstd
from tramgac_rules.indicators import About, Indicators, fields, values
from tramgac_rules.indicators.layout import FIXED
from tramgac_rules.indicators.packing import pack
from tramgac_rules.record import Record

from tests.lab.rows import row

SYSMON = "Microsoft-Windows-Sysmon/Operational"
SHARES = {"sha256": 0.4, "md5": 0.1, "address4": 0.2, "network4": 0.01, "domain": 0.2, "url": 0.05, "name": 0.04}
PROGRAMS, HOSTS, DOMAINS = 400, 4_000, 6_000


def make(path: Path, count: int) -> None:
    """Write a set of so many indicators."""
    draw = random.Random(1)

    def one(table: str) -> bytes:
        digits, other = f"{draw.getrandbits(40):010x}", f"{draw.getrandbits(40):010x}"
        name = f"{digits}.{draw.choice(('com', 'net', 'org'))}"
        texts = {"domain": name, "url": f"http://{name}/{other}", "name": f"{digits}.exe"}
        if table in texts:
            return texts[table].encode()
        return draw.randbytes(3) + b"\0\x18" if table == "network4" else draw.randbytes(FIXED[table])

    tables: dict[str, dict[bytes, int]] = {}
    for name, share in SHARES.items():
        table = tables[name] = {}
        while len(table) < round(count * share):
            table[one(name)] = len(table) % 1_000
    abouts = [About("high", f"feed {i % 7}", f"seen in campaign {i}", 0) for i in range(1_000)]
    path.write_bytes(pack(tables, abouts))


class Office:
    """Makes events of an office's machines; the same seed gives the same stream."""

    def __init__(self, seed: int) -> None:
        self._draw = draw = random.Random(seed)
        places = r"C:\Windows\System32", r"C:\Program Files\Office", r"C:\Program Files\Browser"
        self._programs = [(rf"{draw.choice(places)}\app{i}.exe", self._hashes()) for i in range(PROGRAMS)]
        self._hosts = [str(ip_address(draw.getrandbits(32))) for _ in range(HOSTS)]
        self._domains = [f"{self._digits(6)}.{draw.choice(('gov', 'edu', 'com'))}.vn" for _ in range(DOMAINS)]
        self._makers = (self._file, self._connection, self._query, self._registry, self._load, self._start, self._own)
        self._shares = (30, 17, 15, 12, 10, 8, 8)

    def events(self, count: int) -> list[Record]:
        """Return so many events."""
        return [maker() for maker in self._draw.choices(self._makers, self._shares, k=count)]

    def _digits(self, count: int) -> str:
        return f"{self._draw.getrandbits(4 * count):0{count}x}"

    def _hashes(self) -> str:
        return f"MD5={self._digits(32)},SHA256={self._digits(64)},IMPHASH={self._digits(32)}".upper()

    def _common(self, of: list[str]) -> str:
        """One of a list, the first ones far more often."""
        return of[int(len(of) * self._draw.random() ** 4)]

    def _sysmon(self, event_id: str, **more: str) -> Record:
        program = self._draw.choice(self._programs)[0]
        system = {"Channel": SYSMON, "EventID": event_id, "Computer": "pc", "UtcTime": "2026-01-31 08:00:00.000"}
        who = {"ProcessGuid": self._digits(32), "ProcessId": "4711", "User": "an", "Image": program}
        return Record({**system, **who, **more}, "windows", "event_log", SYSMON, event_id)

    def _file(self) -> Record:
        user, name = self._draw.randint(1, 90), self._digits(self._draw.choice((2, 8, 8)))
        return self._sysmon("11", TargetFilename=rf"C:\Users\u{user}\AppData\Local\Browser\Cache\f_{name}")

    def _connection(self) -> Record:
        source, destination = f"10.0.{self._draw.randint(0, 9)}.7", self._common(self._hosts)
        return self._sysmon("3", SourceIp=source, DestinationIp=destination, DestinationPort="443", Protocol="tcp")

    def _query(self) -> Record:
        name = self._common(self._domains)
        return self._sysmon("22", QueryName=name, QueryResults=f"type:  5 {name};::ffff:{self._common(self._hosts)};")

    def _registry(self) -> Record:
        return self._sysmon("13", TargetObject=rf"HKU\Software\{self._digits(6)}", Details="DWORD (0x00000001)")

    def _load(self) -> Record:
        path, hashes = self._draw.choice(self._programs)
        return self._sysmon("7", ImageLoaded=path.replace(".exe", ".dll"), Hashes=hashes, Signed="true")

    def _start(self) -> Record:
        path, hashes = self._draw.choice(self._programs)
        line = f'"{path}" --type=renderer --handle={self._digits(12)} --token={self._digits(60)}'
        return self._sysmon("1", CommandLine=line, Hashes=hashes, ParentImage=self._draw.choice(self._programs)[0])

    def _own(self) -> Record:
        path, digest = f"/usr/bin/tool{self._draw.randint(1, 300)}", self._draw.choice(self._programs)[1][44:108]
        seen = {"Image": path, "CommandLine": f"{path} --job {self._digits(20)}", "Hashes": f"SHA256={digest}"}
        return Record(seen, "linux", "process_start")


def hostile(count: int) -> Iterator[Record]:
    """Yield events of which no value comes twice."""
    draw = random.Random(9)
    for _ in range(count):
        seen = {
            "Hashes": f"SHA256={draw.getrandbits(256):064X}",
            "DestinationIp": f"::ffff:{draw.getrandbits(32) >> 8:x}:{draw.getrandbits(16):x}",
            "QueryName": f"{draw.getrandbits(200):x}.{draw.getrandbits(32):x}.example.com.",
            "TargetFilename": f"/tmp/{draw.getrandbits(800):x}",
            "CommandLine": f"get http://{draw.getrandbits(100):x}.com/{draw.getrandbits(100):x}",
        }
        yield Record(seen, "windows", "event_log", SYSMON, "99")


class Plain:
    """The same by one dict of all values in the form in which they are compared; networks it leaves out."""

    def __init__(self, indicators: Indicators) -> None:
        tables = indicators._set.tables.items()
        self._known = {(name, table.value(at)): at for name, table in tables for at in range(len(table))}
        self._data = {name: held for name, held in fields.DATA.items() if held != fields.TEXT}

    def match(self, record: Record) -> list[tuple[str, bytes]]:
        """Return what a record's fields meet."""
        if record.kind == "event_log":
            seen = [(self._data[name], value) for name, value in record.fields.items() if name in self._data]
        else:
            seen = [(held, record.fields[name]) for name, held in fields.PLANS[record.kind] if name in record.fields]
        return [key for held, value in seen for key in self._keys(held, value) if key in self._known]

    def _keys(self, held: str, value: str) -> Iterator[tuple[str, bytes]]:
        if held == fields.HASHES:
            for part in value.split(","):
                name, _, digits = part.partition("=")
                yield name.lower(), bytes.fromhex(digits)
        elif held == fields.PATH:
            yield "name", value.replace("\\", "/").lower().rpartition("/")[2].encode()
        elif held == fields.DOMAIN:
            labels = value.rstrip(".").lower().split(".")
            for at in range(len(labels)):
                yield "domain", ".".join(labels[at:]).encode()
        elif held == fields.ADDRESS:
            yield "address4", values.address(value) or b""


def resident() -> float:
    """Resident memory, MB, what is mapped included."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * mmap.PAGESIZE / 1e6


def spent(match: Callable[[Record], object], events: list[Record]) -> float:
    """Processor time of an event, us."""
    began = time.process_time()
    for event in events:
        match(event)
    return 1e6 * (time.process_time() - began) / len(events)


def opened(path: Path) -> Indicators:
    """The set, mapped."""
    with path.open("rb") as file:
        return Indicators(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


class Bench:
    """The rows so far."""

    def __init__(self) -> None:
        self.bad = 0

    def row(self, what: str, value: float, unit: str, **limits: float) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("indicators", what, round(value, 3), unit, **limits)


def measure(bench: Bench, path: Path, count: int, events: int) -> None:
    """All figures of one set."""
    data = path.read_bytes()
    bench.row("set", len(data) / 1e6, "MB", at_most=45 * count / 1e6)
    bench.row("set as it is fetched", len(zstd.compress(data, level=9)) / 1e6, "MB", at_most=45 * count / 1e6)
    del data
    office = Office(2)
    stream, strange, odd = office.events(events), office.events(events), list(hostile(events // 2))
    text = Record({"CommandLine": "get " + "http://a.b.c.d.e.f.example.com/x " * 1_000}, "windows", "event_log")
    before = resident()
    began = time.process_time()
    indicators = opened(path)
    bench.row("open", time.process_time() - began, "s", at_most=2, target=1)
    bench.row("indicators", sum(indicators.counts.values()), "", at_least=count)
    spent(indicators.match, stream)
    new = spent(indicators.match, strange)
    grown = resident() - before
    never = spent(indicators.match, odd)
    for _ in range(3):
        spent(indicators.match, list(hostile(events // 2)))
    bench.row("growth: opened and a stream of events", grown, "MB", at_most=60)
    bench.row("growth: after values that never come twice", resident() - before, "MB", at_most=100)
    plain = Plain(indicators)
    spent(plain.match, stream)
    dict_ = min(spent(plain.match, strange) for _ in range(3))
    new = min(new, *(spent(opened(path).match, strange) for _ in range(2)))
    again = min(spent(indicators.match, strange) for _ in range(5))
    bench.row("an event, never seen before", new, "us", at_most=4, target=2, baseline=dict_)
    bench.row("an event, seen before", again, "us", at_most=4, target=2, baseline=dict_)
    bench.row("an event, never seen before, as a ratio to the dict", new / dict_, "", at_most=1.5)
    bench.row("an event of five fields that never come twice", never, "us", at_most=100, target=50)
    bench.row("an event with 1,000 URLs", spent(indicators.match, [text] * 5) / 1e3, "ms", at_most=50, target=25)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    if arguments[:1] == ["--make"]:
        make(Path(arguments[1]), int(arguments[2]))
        return 0
    quick = "--quick" in arguments
    count, events = (100_000, 20_000) if quick else (1_000_000, 200_000)
    bench = Bench()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set"
        making = [sys.executable, "-m", "tests.bench.indicators", "--make", str(path), str(count)]
        subprocess.run(making, check=True)  # apart: what it takes to make a set is not what it takes to use one
        measure(bench, path, count, events)
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
