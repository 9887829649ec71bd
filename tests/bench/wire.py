"""Bytes that an event takes on the wire, all overheads, 25 and 250 in a batch; `./dev bench wire [--quick]`.

Counted in a network namespace of its own (unshare of util-linux; root or user namespaces). Windows (TRAMGAC_TEST_DATA):
half of the recordings to train on, the other half is sent. Linux: there is one recording, an hour; its earlier part to
train on, the later one is sent, in which some of that work is done again. Beside it: the same without a dictionary,
with the one that ships with our rules (tests/tools/dictionaries.py), JSON lines with gzip, a message a batch, and what
a connection takes before its first batch.
"""

import asyncio
import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_proto import names
from tramgac_proto.event_pb2 import LANE_SECURITY, Event
from tramgac_proto.session_pb2 import Batch, Hello
from tramgac_wire.batch import join, pack
from tramgac_wire.chain import START, extend
from tramgac_wire.dictionary import NONE, Dictionary, train

from tests.bench import wire_events, wire_road
from tests.lab.recordings import labelled
from tests.lab.rows import note, row
from tests.tools import dictionaries

SIZES = {25: 60.0, 250: 42.0}
"""Events a batch, and how many bytes an event may take."""
EPOCH = 0x1F2E3D4C5B6A7988


@dataclass(frozen=True, slots=True)
class Stream:
    """What hosts of one system send, and `other` events to train on; what those are, and the shipped dictionary's."""

    system: str
    hosts: Sequence[Sequence[Event]]
    other: Sequence[Sequence[Event]]
    trained: str
    shipped: str


def linux(*, quick: bool) -> Stream:
    """Our own sensors' events."""
    earlier, later = wire_events.linux()
    if quick:
        later = later[: len(later) // 3]
    sent, other = (list(wire_events.Linux(seed).events(lines)) for seed, lines in ((2, later), (1, earlier)))
    return Stream("linux", [sent], [other], "the same hour's earlier part", "the same hour's earlier part")


def windows(data: Path, *, quick: bool) -> Stream:
    """Event logs of the public recordings, half of them to train on."""
    most = 1_000 if quick else 3_000
    recordings = labelled(data)
    sent = [list(wire_events.windows(each, most)) for each in recordings if not each.odd]
    other = [list(wire_events.windows(each, most)) for each in recordings if each.odd]
    return Stream("windows", sent, other, "other recordings", "made-up records")


def runs(hosts: Iterable[Sequence[Event]], size: int) -> list[Sequence[Event]]:
    """Batches of so many events of one host each, in a random order that is always the same."""
    found = [events[at : at + size] for events in hosts for at in range(0, len(events) - size + 1, size)]
    random.Random(5).shuffle(found)
    return found


def encoded(events: Sequence[Event]) -> list[bytes]:
    """As the spool has them."""
    return [event.SerializeToString() for event in events]


def packed(sent: Sequence[Sequence[Event]], dictionary: Dictionary | None) -> list[Batch]:
    """As batches of one lane."""
    first, chain, made = 1, START, []
    for events in sent:
        blobs = encoded(events)
        batch = pack(EPOCH, LANE_SECURITY, first, chain, blobs, dictionary=dictionary)
        first, chain = first + len(blobs), extend(chain, blobs)
        made.append(batch)
    return made


def gzipped(events: Sequence[Event]) -> int:
    """How large the same is as JSON lines in gzip."""
    lines = (json.dumps({"kind": names.kind_of(event), **names.ecs(event)}, ensure_ascii=False) for event in events)
    return len(gzip.compress("\n".join(lines).encode(), 6))


def shipped(system: str) -> Dictionary:
    """What comes with our rules, until a site makes its own."""
    return Dictionary((dictionaries.FOLDER / f"{system}.dictionary").read_bytes())


def measure(stream: Stream, size: int, dictionary: Dictionary, *, quick: bool) -> bool:
    """The rows of one stream in batches of one size."""
    what = f"{stream.system}, {size} events a batch"
    chosen = runs(stream.hosts, size)[: (60 if quick else 400) if size < 100 else (20 if quick else 80)]
    events = size * len(chosen)
    hello = Hello(version_low=1, version_high=1, epoch=EPOCH, hostname="pc")
    plain = asyncio.run(wire_road.cost(packed(chosen, None), hello, NONE))
    batches = packed(chosen, dictionary)
    whole = asyncio.run(wire_road.cost(batches, hello, {dictionary.number: dictionary}))
    over = whole.batches - sum(len(batch.events) for batch in batches)
    json_lines = (sum(map(gzipped, chosen)) + over) / events
    row("wire", f"{what}: overhead of a message", round(over / len(chosen)), "bytes")
    row("wire", f"{what}: without a dictionary", round(plain.batches / events, 1), "bytes an event")
    ours = shipped(stream.system)
    first = asyncio.run(wire_road.cost(packed(chosen, ours), hello, {ours.number: ours}))
    shipping = f"{what}: with the dictionary that ships, of {stream.shipped}"
    row("wire", shipping, round(first.batches / events, 1), "bytes an event")
    row("wire", f"{what}: a connection, before its first batch", whole.connection, "bytes")
    value, named = round(whole.batches / events, 1), f"{what}, dictionary of {stream.trained}"
    return row("wire", named, value, "bytes an event", at_most=SIZES[size], baseline=round(json_lines, 1))


def main(*, quick: bool) -> int:
    """All rows; 0 if every one is ok."""
    wire_road.plain_loopback()
    streams = [linux(quick=quick)]
    if data := os.environ.get("TRAMGAC_TEST_DATA"):
        streams.append(windows(Path(data), quick=quick))
    else:
        note("wire: no TRAMGAC_TEST_DATA: no Windows events")
    good = True
    for stream in streams:
        dictionary = train([join(encoded(events)) for events in runs(stream.other, 25)[:3_000]])
        for size in SIZES:
            good &= measure(stream, size, dictionary, quick=quick)
    return 0 if good else 1


def inside(arguments: list[str]) -> int:
    """The same in a network namespace of its own; its exit status."""
    own = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-m", "tests.bench.wire", "--inside"]
    return subprocess.run([*own, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv) if "--inside" in sys.argv else inside(sys.argv[1:]))
