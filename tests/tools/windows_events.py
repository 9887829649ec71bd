"""Event logs of Windows as a workstation writes them, made up (windows_events.toml): fields with values of everyday."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tramgac_proto.event_pb2 import MECHANISM_CHANNEL, Event

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ENDINGS = sorted(TOLD["some"], key=len, reverse=True)


def fields(text: str) -> list[str]:
    """The fields of a record."""
    return [name for word in text.split() for name in (TOLD["groups"][word[1:]].split() if word[0] == "+" else [word])]


def value(field: str, draw: random.Random) -> str:
    """What may stand in a field."""
    number = draw.randrange(1 << 32)
    if choices := TOLD["values"].get(field):
        return str(draw.choice(choices))
    for end in ENDINGS:
        if field.endswith(end):
            return str(draw.choice(TOLD["some"][end]))
    made = {
        "guid": f"{{{number:08x}-{number & 0xFFFF:04x}-6000-0000-001000000000}}",
        "time": f"2026-11-02 0{number % 10}:{number % 50 + 10}:{number % 49 + 10}.{number % 1000:03d}",
        "hashes": f"SHA1={number:040x},MD5={number:032x},SHA256={number:064x},IMPHASH={number:032x}",
        "ip": f"192.0.2.{number % 250}",
        "address": f"192.0.2.{number % 250}",
    }
    plain = draw.choice(("-", f"0x{number & 0xFFFF:x}", str(number & 0xFFFF)))
    return next((text for end, text in made.items() if field.lower().endswith(end)), plain)


def events(seed: int, count: int) -> Iterator[Event]:
    """Yield events of one host."""
    draw = random.Random(seed)
    boot, clock, number = draw.getrandbits(64), 1_790_000_000_000_000_000 + seed, draw.randrange(10**6)
    records = [(name.split(), fields(text)) for name, text in TOLD["records"].items()]
    for (log, code, _), names in draw.choices(records, [int(often) for (_, _, often), _ in records], k=count):
        clock, number = clock + draw.randrange(10**4, 10**7), number + 1
        event = Event(time=clock, skew=draw.randrange(10**8), boot=boot, mechanism=MECHANISM_CHANNEL, content=7)
        record = event.event_log
        record.channel, record.provider = TOLD["logs"][log]
        record.event_id, record.record_id, record.level = int(code), number, 4
        record.data.update({name: value(name, draw) for name in names})
        yield event
