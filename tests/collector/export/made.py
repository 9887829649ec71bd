"""Records to export: one event of each kind, with what hosts write in it, and two alerts."""

from collections.abc import Callable
from typing import Any

from tramgac_collector.export import records
from tramgac_collector.export.records import ALERT, Record
from tramgac_proto.event_pb2 import MECHANISM_CHANNEL, MECHANISM_EBPF, OUTCOME_FAILURE, TRANSPORT_TCP, Event
from tramgac_proto.names import time_text

HOST = "0f" * 16
TIME = 1_790_000_000_123_456_789
NASTY = 'a|b=c\\d"e]f\ng\r\t\x1b[31m\u2028h trạm \u202e=x key=v'
"""What formats have to escape."""


def process(event: Any) -> None:
    event.process.entity_id = 0x1234
    event.process.pid = 4711
    event.process.executable = "/usr/bin/curl"
    event.process.command_line = "curl 'http://a.vn/?x=1|2' -o /tmp/a"
    event.process.user = "lan"
    event.process.sha256 = bytes(range(32))


def start(event: Event) -> None:
    process(event.process_start)
    event.process_start.parent.entity_id, event.process_start.parent.pid = 0x99, 12
    event.process_start.parent.executable = "/bin/sh"
    event.process_start.parent.grandparent_executable = "/usr/sbin/sshd"
    event.process_start.uid = 0
    event.process_start.session = 3
    event.quality.truncated = True


def orphan(event: Event) -> None:
    process(event.process_start)
    event.process_start.parent.executable = "/sbin/init"
    event.process_start.process.command_line = NASTY


def stop(event: Event) -> None:
    process(event.process_exit)
    event.process_exit.exit_code = 0


def create(event: Event) -> None:
    process(event.file_create)
    event.file_create.path = "/tmp/a b=|.sh"


def write(event: Event) -> None:
    process(event.file_write)
    event.file_write.path = "C:\\Users\\lan\\x.exe"
    event.file_write.sha256 = bytes(32)
    event.file_write.size = 77


def delete(event: Event) -> None:
    event.file_delete.path = "/var/log/auth.log"


def rename(event: Event) -> None:
    process(event.file_rename)
    event.file_rename.path, event.file_rename.previous_path = "/tmp/.hidden", "/tmp/seen"


def moved_in(event: Event) -> None:
    event.file_rename.path = "/etc/cron.d/x"


def connect(event: Event) -> None:
    process(event.network_connection)
    made = event.network_connection
    made.initiated, made.transport, made.outcome = True, TRANSPORT_TCP, OUTCOME_FAILURE
    made.source_ip, made.source_port = bytes([10, 0, 0, 7]), 50000
    made.destination_ip, made.destination_port = bytes.fromhex("20010db8" + "00" * 11 + "01"), 443


def scan(event: Event) -> None:
    process(event.scan_hit)
    event.scan_hit.path, event.scan_hit.rule = "/tmp/x", "webshell"
    event.scan_hit.strings.extend(["$a", "$b"])
    event.scan_hit.offsets.extend([0, 9])


def health(event: Event) -> None:
    event.health.agent_version, event.health.last_words = "9.8.7", "shutdown"
    event.health.lens.held.extend(["network", "user"])
    event.health.judge.parked_rules.append("r1")


def inventory(event: Event) -> None:
    made = event.inventory
    made.hostname, made.os_type, made.os_name, made.kernel = "pc-17", "linux", "Debian 12", "6.18"
    made.ips.extend(["10.0.0.7", "2001:db8::7"])
    made.booted = TIME - 1_000_000_000


def channel(event: Event) -> None:
    event.mechanism = MECHANISM_CHANNEL
    made = event.event_log
    made.channel, made.provider, made.event_id = "Security", "Microsoft-Windows-Security-Auditing", 4625
    made.data["TargetUserName"] = "an=|\\"
    made.data['odd ]="name'] = NASTY
    made.values.extend(["one", "two"])


def line(event: Event) -> None:
    event.log_line.service, event.log_line.source = "sshd", "/var/log/auth.log"
    event.log_line.text = "Failed password for root from 10.0.0.9 port 22\n<13>1 - forged - - - -"


EVENTS: tuple[Callable[[Event], None], ...] = (
    start, orphan, stop, create, write, delete, rename, moved_in, connect, scan, health, inventory, channel, line,
)  # fmt: skip
"""What makes one event each."""


def event_of(make: Callable[[Event], None]) -> Event:
    event = Event(time=TIME, boot=5, mechanism=MECHANISM_EBPF)
    make(event)
    return event


def record_of(event: Event, sequence: int = 1) -> Record:
    return records.of_blob(event.SerializeToString(), (HOST, 7, 2, sequence), TIME + 5_000_000_000, "pc-17")


def events() -> list[Record]:
    return [record_of(event_of(make), number) for number, make in enumerate(EVENTS, 1)]


def alert(**changes: Any) -> Record:
    """An alert of two events, as the API tells it."""
    told = [
        {
            "id": {"host": HOST, "epoch": f"{7:016x}", "lane": 2, "sequence": at},
            "kind": record.row["kind"],
            "time": record.row["time"],
            "received": record.row["ingested"],
            "fields": {name: value for name, value in record.row.items() if name not in records.OWN},
        }
        for at, record in enumerate((record_of(event_of(start)), record_of(event_of(connect))), 1)
    ]
    rule = {"id": "0f06a3a5-6a09-413f-8743-e6cf35561297", "title": "Curl | from a shell", "description": "Why.\nHow."}
    row = {
        "id": "ab" * 16,
        "title": "Curl | from a shell",
        "title_vi": "Curl từ shell",
        "level": "high",
        "rule": {**rule, "version": "1a2b", "references": ["https://example.vn/a"]},
        "host": HOST,
        "hostname": "pc-17",
        "user": "lan",
        "time": time_text(TIME),
        "created": time_text(TIME + 6_000_000_000),
        "status": "open",
        "stage": "confirmed",
        "verdict": None,
        "tags": ["attack.execution", "attack.t1059.004", "attack.t1105"],
        "summary": "curl 'http://a.vn/?x=1|2' -o /tmp/a",
        "version": 1,
        "why": [{"selection": "s", "field": "Image", "value": "/usr/bin/curl", "pattern": "*curl", "spans": []}],
        "events": told,
        **changes,
    }
    return Record(ALERT, f"{row['id']}/{row['version']}", TIME, row)


def alerts() -> list[Record]:
    closed = {"status": "closed", "verdict": "false_positive", "version": 2, "level": "critical", "title": NASTY}
    return [alert(), alert(**closed)]
