"""Events with few values, so that a random search finds some of them; and random searches of the language."""

import random

from hypothesis import strategies as st
from tramgac_proto.event_pb2 import Event

TEXTS = ("", "a", "A", "ab", "Đà Nẵng", "đà", "50%_off", "a\\b*?", "x y", "(a)", '"')
ADDRESSES = ("10.0.0.1", "10.0.0.7", "192.168.1.1", "2001:db8::1", "no address", "")
NUMBERS = (0, 1, 5, 4688, 2**32 - 2)
TIMES = (1_700_000_000_000_000_000, 1_700_000_000_000_000_007, 1_700_000_060_000_000_000)


def events(count: int, rng: random.Random) -> list[Event]:
    """So many events of several kinds."""
    return [rng.choice((_start, _exit, _connection, _record, _inventory, _rename))(rng) for _ in range(count)]


def _event(rng: random.Random) -> Event:
    event = Event(time=rng.choice(TIMES), boot=rng.choice((7, 255)))
    event.quality.late = rng.random() < 0.3
    return event


def _process(process, rng: random.Random) -> None:
    process.entity_id, process.pid = rng.choice((0, 1, 255)), rng.choice(NUMBERS)
    process.executable, process.command_line = rng.choice(TEXTS), rng.choice(TEXTS)
    process.user, process.sha256 = rng.choice(TEXTS), rng.choice((b"", b"\xab" * 32))


def _start(rng: random.Random) -> Event:
    event = _event(rng)
    _process(event.process_start.process, rng)
    event.process_start.fileless = rng.random() < 0.5
    if rng.random() < 0.7:
        event.process_start.euid = rng.choice(NUMBERS)
    return event


def _exit(rng: random.Random) -> Event:
    event = _event(rng)
    _process(event.process_exit.process, rng)
    return event


def _connection(rng: random.Random) -> Event:
    event = _event(rng)
    event.network_connection.destination_port = rng.choice(NUMBERS)
    event.network_connection.destination_ip = rng.choice((b"", b"\x0a\0\0\1", b"\xc0\xa8\1\1", bytes(15) + b"\1"))
    return event


def _record(rng: random.Random) -> Event:
    event = _event(rng)
    log = event.event_log
    log.channel, log.event_id = rng.choice(TEXTS), rng.choice((0, 1, 4688))
    for name in ("CommandLine", "LogonType", "DestinationIp", "ProcessId"):
        if rng.random() < 0.7:
            log.data[name] = rng.choice((*TEXTS, *ADDRESSES, "5", "-5", "05", "1" * 30))
    log.values.extend(rng.choices(TEXTS, k=rng.randrange(3)))
    return event


def _inventory(rng: random.Random) -> Event:
    event = _event(rng)
    event.inventory.hostname = rng.choice(TEXTS)
    event.inventory.ips.extend(rng.choices(ADDRESSES[:4], k=rng.randrange(3)))
    event.inventory.booted = rng.choice((0, *TIMES))
    return event


def _rename(rng: random.Random) -> Event:
    event = _event(rng)
    event.file_rename.path, event.file_rename.previous_path = rng.choice(TEXTS), rng.choice(TEXTS)
    return event


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\{letter}" if letter in '"\\*?' else letter for letter in text) + '"'


def _wild(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_TEXT_FIELDS = (
    "process.command_line process.executable user.name winlog.channel CommandLine Image file.path winlog.values"
    " winlog.event_data.CommandLine Hashes kind host.hostname tramgac.file.previous_path"
)
_NUMBER_FIELDS = (
    "process.pid destination.port user.id event.code ProcessId LogonType EventID tramgac.skew process.exit_code"
)
_text_fields, _number_fields = st.sampled_from(_TEXT_FIELDS.split()), st.sampled_from(_NUMBER_FIELDS.split())
_time_fields = st.sampled_from(("@timestamp", "tramgac.host.booted", "tramgac.quality.first", "UtcTime"))
_texts = st.sampled_from((*TEXTS, "process_start")).map(_quoted) | st.text("aAb*?%_ đÀ", max_size=4).map(_wild)
_numbers = st.sampled_from(NUMBERS).map(str)
_times = st.sampled_from(("1970-01-01", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000000007Z", "2026-01-01"))


def _ranges(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    ends = values | st.just("*")
    compared = st.tuples(st.sampled_from((">", ">=", "<", "<=")), values).map("".join)
    return values | compared | st.tuples(ends, ends).map(lambda pair: f"[{pair[0]} TO {pair[1]}]")


def _pair(fields: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(fields, values).map(":".join)


_addresses = st.sampled_from((*ADDRESSES[:4], "10.0.0.0/8", "2001:db8::/32", "::/0", "0.0.0.0/0", "10.*"))
_terms = st.one_of(
    _pair(_text_fields, _texts),
    _pair(_number_fields, _ranges(_numbers)),
    _pair(_time_fields, _ranges(_times)),
    _pair(st.sampled_from(("destination.ip", "host.ip", "DestinationIp")), _addresses),
    _pair(st.just("process.entity_id"), st.sampled_from(("0" * 16, "00000000000000ff"))),
    _pair(st.sampled_from(("tramgac.process.fileless", "tramgac.quality.late")), st.sampled_from(("true", "false"))),
    _texts,
)
searches = st.recursive(
    _terms,
    lambda below: st.one_of(
        st.tuples(below, st.sampled_from((" ", " and ", " or ")), below).map(lambda parts: f"({''.join(parts)})"),
        below.map(lambda text: f"not {text}"),
        below.map(lambda text: f"-{text}" if text[0] == "(" else f"not {text}"),
    ),
    max_leaves=5,
)
