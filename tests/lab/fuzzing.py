"""What is fuzzed: readers of bytes that others wrote, with seeds. Not a lane itself; fuzz.py and the suite run it.

A target takes bytes and may raise nothing: what it refuses, it tells in its own way.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from google.protobuf.message import DecodeError
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.parts import cut
from tramgac_proto.event_pb2 import Event
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.authoring.indicators import gather
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.errors import IndicatorError, PackError
from tramgac_rules.indicators import Indicators
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record, record_of

from tests.collector.matching.evtx_making import event, evtx
from tests.rules.indicators.making import packed
from tests.rules.making import compiled, judge_of, rule

ROOT = Path(__file__).resolve().parents[2]
FINDS = ROOT / "tests/rules/finds"
EVENT = Record({"A": "good", "EventID": "1", "Channel": "c"}, "windows", "event_log", "c", "1")
CORRELATION = """title: c
id: 00000000-0000-4000-8000-000000000009
level: low
correlation: {type: event_count, rules: [00000000-0000-4000-8000-000000000001], timespan: 5m, condition: {gte: 3}}
"""


@cache
def _folder() -> Path:
    """A place for files, in memory where there is one."""
    return Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


@cache
def _judge() -> Judge:
    return judge_of(
        rule({"A|contains": ["good", "x"]}),
        rule({"s": {"B|re": "a.b"}, "f": {"A": None}, "condition": "s or not f"}, number=2),
        rule(["mimikatz", "ế"], number=3),
        rule({"Image|fieldref": "ParentImage", "A|gte": 3}, number=4),
    )


def _judged(record: Record) -> None:
    judge = _judge()
    for found in judge.match(record):
        judge.explain(record, found)


def rules(data: bytes) -> None:
    """Rules, correlations, filters and placeholders in YAML: told or compiled, and what is compiled loads."""
    done = compile_rules([_file("x.yml", data)])
    assert all(found.line > 0 and found.column > 0 and found.message for found in done.problems)
    judge = Judge.load(json.loads(json.dumps(done.pack)))
    correlations.load(done.pack, judge.rules, judge.book)
    for found in judge.match(EVENT):
        judge.explain(EVENT, found)


def pack(data: bytes) -> None:
    """A compiled rule set: refused or loaded, and then it matches."""
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(read, dict):
        return
    try:
        judge = Judge.load(read)
        correlations.load(read, judge.rules, judge.book)
    except PackError:
        return
    judge.match(EVENT)
    for found in judge.rules.values():
        judge.why_not(EVENT, found)


def events(data: bytes) -> None:
    """An event as agents send it."""
    try:
        event = Event.FromString(data)
    except DecodeError:
        return
    _judged(record_of(event, "linux"))


def _records(path: Path) -> None:
    index = 0
    try:
        for part in cut(path):
            for entry in part.entries():
                assert (entry.record is None) is bool(entry.problem)
                index += 1
                if entry.record is not None:
                    _judged(entry.record)
    except Broken:
        return


def event_logs(data: bytes) -> None:
    """A Windows event log file."""
    _records(_file("x.evtx", data))


def json_files(data: bytes) -> None:
    """Events in JSON."""
    _records(_file("x.json", data))


def lists(data: bytes) -> None:
    """Lists of indicators, in each of their forms."""
    for name in ("x.csv", "x.json", "x.txt"):
        found = gather([_file(name, data)])
        if found.data:
            Indicators(found.data).match(EVENT, 0)


def indicator_sets(data: bytes) -> None:
    """A set of indicators as it is signed."""
    try:
        Indicators(data).match(EVENT, 0)
    except IndicatorError:
        return


Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {
    target.__name__: target for target in (rules, pack, events, event_logs, json_files, lists, indicator_sets)
}


def seeds(name: str) -> Iterator[bytes]:
    """What a target's fuzzing begins with; finds of before among them."""
    yield from _SEEDS[name]()
    for path in sorted((FINDS / name).glob("*")):
        yield path.read_bytes()


def _rule_seeds() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted((ROOT / "rules/content/sigma").rglob("*.yml"))[::20])
    yield CORRELATION.encode()
    yield b"title: f\nlogsource: {product: windows}\nfilter: {rules: any, s: {A: x}, condition: not s}\n"
    yield b"placeholders: {x: [a, 'b*']}\n---\n" + rule({"A|expand|windash": "-%x%"}).encode()
    for detection in (
        {"A|base64offset|contains": "x", "B|wide|base64": "y", "C|cidr": "10.0.0.0/8"},
        {
            "s1": {"A|re|i": "a.*b", "B|gt": 5},
            "s2": [{"C|exists": True}, {"D": None}],
            "condition": "1 of s* and not s2",
        },
    ):
        yield rule(detection).encode()


def _pack_seeds() -> Iterator[bytes]:
    texts = [rule({"A|contains": ["good", "x"], "B|re": "a.b"}), rule({"C|cidr": "10.0.0.0/8", "D": "a*b"}, number=2)]
    yield json.dumps(compiled(*texts, CORRELATION).pack).encode()


def _event_seeds() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests/golden").rglob("*.bin")):
        yield path.read_bytes()
    yield Event().SerializeToString()


def _log_seeds() -> Iterator[bytes]:
    made, _ = evtx(event("System", "7045", "1", {"ServiceName": "one"}), event("Application", "1", "2", ["a", "b"]))
    yield bytes(made[: 4_096 + 3_000])


def _json_seeds() -> Iterator[bytes]:
    yield b'{"Event": {"System": {"EventID": {"#text": 1}, "Channel": "c"}, "EventData": {"A": "good"}}}\n'
    yield b'{"EventID": 1, "Channel": "c", "A": ["x", null, 1.5]}\n{"winlog": {"event_id": 1, "channel": "c"}}\n'
    yield b'[{"EventID": 1},\n {"event_id": 2, "log_name": "c", "event_data": {"A": "b"}}]'
    yield b'{"kind": "process_start", "sequence": 1, "process.executable": "/bin/x", "time": "2024-01-01T00:00:00Z"}\n'


def _list_seeds() -> Iterator[bytes]:
    yield b"type,value,expires\ndomain,evil.example,2030-01-01\nip,203.0.113.7,\nsha256," + b"a" * 64 + b",\n"
    pattern = "[domain-name:value = 'evil.example' OR ipv4-addr:value = '203.0.113.0/24']"
    listed = {"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "pattern": pattern}
    yield json.dumps({"type": "bundle", "objects": [listed]}).encode()
    yield b'{"Event": {"info": "i", "Attribute": [{"type": "domain", "value": "evil.example", "to_ids": true}]}}'
    yield b"evil.example\n203.0.113.7\nhttp://evil.example/x\n"


def _set_seeds() -> Iterator[bytes]:
    yield packed(
        ("domain", "evil.example"), ("address", "203.0.113.7"), ("network", "2001:db8::/32"), ("sha256", "a" * 64)
    )


_SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "rules": _rule_seeds,
    "pack": _pack_seeds,
    "events": _event_seeds,
    "event_logs": _log_seeds,
    "json_files": _json_seeds,
    "lists": _list_seeds,
    "indicator_sets": _set_seeds,
}
