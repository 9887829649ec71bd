"""Events of Windows workstations as agents send them, for benches. Not a bench itself.

The office's stream (office.py: public recordings with fresh names, numbers and hashes): what our schema has a kind for
is such an event, the rest is an EventLog of Sysmon's channel with Sysmon's own fields. Without the recordings: events
of programs and files of our own making.
"""

import hashlib
import ipaddress
import os
import random
from collections.abc import Iterator
from pathlib import Path

from tramgac_proto.event_pb2 import MECHANISM_CHANNEL, Event
from tramgac_rules.record import Record

from tests.bench.office import FAMILIES, NAMES, Office, patterns

START = 1_790_000_000_000_000_000
"""Time of the first event, ns since 1970."""
PROGRAMS = 32
"""Files that are run, the same on all workstations: a host's first start of one costs more than all others."""
_LOOKED_AT = 120_000
"""Records of the recordings that patterns are taken from: all would take half a minute."""
_SHIPPED = frozenset(
    [
        "Channel",
        "Computer",
        "EventID",
        "EventReceivedTime",
        "EventTime",
        "Hostname",
        "Keywords",
        "Message",
        "Opcode",
        "OpcodeValue",
        "Provider_Name",
        "ProviderGuid",
        "RecordNumber",
        "RecordID",
        "Severity",
        "SeverityValue",
        "SourceModuleName",
        "SourceModuleType",
        "SourceName",
        "Task",
        "ThreadID",
        "Version",
        "AccountName",
        "AccountType",
        "Domain",
        "UserID",
        "ExecutionProcessID",
        "host",
        "port",
        "tags",
        "@timestamp",
        "@version",
        "Category",
        "Level",
    ]
)  # what carried the recordings here has added these


def stream(seed: int) -> Iterator[bytes]:
    """Yield encoded events of one host without end; the same for the same seed."""
    data = os.environ.get("TRAMGAC_TEST_DATA")
    chance = random.Random(seed)
    made = _recorded(Path(data), seed) if data else _invented(chance)
    for number, event in enumerate(made):
        event.time, event.boot, event.mechanism = START + number * 50_000_000, 7, MECHANISM_CHANNEL
        yield event.SerializeToString()


_patterns: dict[Path, dict[str, list[dict[str, str]]]] = {}


def _recorded(data: Path, seed: int) -> Iterator[Event]:
    folder = data / "otrf-development"
    if folder not in _patterns:
        _patterns[folder] = patterns(folder, _LOOKED_AT)
    office = Office(_patterns[folder], seed)
    while True:
        for record in office.mixed(1_000):
            yield _event(record)


def _event(record: Record) -> Event:
    """Give a record of Sysmon as an event of ours."""
    fields = {name: text for name, text in record.fields.items() if isinstance(text, str) and text}
    event = Event()
    maker = _MAKERS.get(record.event_id)
    if maker is not None:
        maker(event, fields)
    else:
        log = event.event_log
        log.channel, log.provider, log.event_id = record.channel, "Microsoft-Windows-Sysmon", int(record.event_id)
        log.record_id, log.level = _number(fields["ProcessGuid"]) >> 40, 4
        log.data.update({name: text for name, text in fields.items() if name not in _SHIPPED})
    return event


def _number(guid: str) -> int:
    return int.from_bytes(hashlib.blake2b(guid.encode(), digest_size=8).digest())


def _process(process, fields: dict[str, str]) -> None:
    process.entity_id, process.pid = _number(fields["ProcessGuid"]), int(fields["ProcessId"])
    process.executable, process.user = fields.get("Image", ""), fields["User"]


def _start(event: Event, fields: dict[str, str]) -> None:
    process, parent = event.process_start.process, event.process_start.parent
    _process(process, fields)
    process.command_line = fields.get("CommandLine", "")
    process.working_directory = fields.get("CurrentDirectory", "")
    process.sha256 = hashlib.sha256(bytes([_number(process.executable) % PROGRAMS])).digest()
    parent.entity_id = _number(fields.get("ParentProcessGuid", "") + fields["ProcessGuid"])
    parent.pid = int(fields.get("ParentProcessId", "4"))
    parent.executable, parent.command_line = fields.get("ParentImage", ""), fields.get("ParentCommandLine", "")
    parent.user = fields["User"]


def _connection(event: Event, fields: dict[str, str]) -> None:
    made = event.network_connection
    _process(made.process, fields)
    made.initiated, made.transport = fields.get("Initiated") == "true", 1 + (fields.get("Protocol") == "udp")
    made.source_ip = ipaddress.ip_address(fields.get("SourceIp", "10.0.0.9")).packed
    made.destination_ip = ipaddress.ip_address(fields.get("DestinationIp", "10.0.0.1")).packed
    made.source_port, made.destination_port = int(fields["SourcePort"]), int(fields["DestinationPort"])


def _create(event: Event, fields: dict[str, str]) -> None:
    _process(event.file_create.process, fields)
    event.file_create.path = fields["TargetFilename"]


def _delete(event: Event, fields: dict[str, str]) -> None:
    _process(event.file_delete.process, fields)
    event.file_delete.path = fields["TargetFilename"]


_MAKERS = {"1": _start, "3": _connection, "11": _create, "23": _delete}
"""By Sysmon's event id: what our schema has a kind for."""


def _invented(chance: random.Random) -> Iterator[Event]:
    """Events of programs and files, no text twice."""
    users = [f"CQ\\{chance.choice(FAMILIES)}.{chance.choice(NAMES)}{number}" for number in range(400)]
    while True:
        user, large = chance.choice(users), chance.getrandbits(62)
        fields = {"ProcessGuid": f"{large:x}", "ProcessId": str(large % 20_000), "User": user}
        fields["Image"] = f"C:\\Program Files\\App{large % 300}\\app{large % 300}.exe"
        fields["CommandLine"] = f'"{fields["Image"]}" --session={large} --lang=vi --user={user}'
        fields |= {"ParentImage": "C:\\Windows\\explorer.exe", "ParentCommandLine": "C:\\Windows\\explorer.exe"}
        fields["TargetFilename"] = f"C:\\Users\\{user[3:]}\\AppData\\Local\\Temp\\{large:x}.tmp"
        fields |= {"SourcePort": str(large % 60_000), "DestinationPort": "443"}
        event = Event()
        chance.choices((_start, _connection, _create, _delete), (10, 25, 55, 10))[0](event, fields)
        yield event
