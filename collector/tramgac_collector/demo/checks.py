"""What a demo proves: detections with their latency, a push that changes them, the store, the ledger, the page."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any, Final

import yaml
from tramgac_proto.names import KINDS, time_text

from tramgac_collector import ingest
from tramgac_collector.demo.arena import Done
from tramgac_collector.demo.report import Report
from tramgac_collector.demo.stage import Stage, content_folder
from tramgac_collector.demo.stream import Arrival, Follower
from tramgac_collector.vocabulary import ON_PURPOSE

# What each act must be detected by, as files of our content; with other rules any alert in its time counts.
EXPECTED: Final[dict[str, tuple[str, ...]]] = {
    "download_piped_to_shell": ("download_piped_to_shell.yml",),
    "encoded_command": ("decoded_text_run.yml",),
    "scheduled_job": ("cron_file_written.yml",),
    "user_service": ("user_service_written.yml",),
    "reverse_shell": ("shell_over_device_tcp.yml", "shell_makes_connection.yml"),
    "program_from_memory": ("program_without_file.yml",),
    "dropped_script": ("reverse_shell_script.yar",),
    "log_cleared": ("log_cleared.yml", "log_file_removed.yml"),
}
# Met by programs that end at once: a sensor that polls does not see them.
_SHORT_LIVED: Final = frozenset({"log_cleared.yml"})
# Met by a connection in the simulation's own network namespace: polling looks at the agent's.
_ELSEWHERE: Final = frozenset({"shell_makes_connection.yml"})
_PLACES: Final = ("file.path", "process.working_directory")
_KINDS: Final = frozenset({"process_start", "process_exit", "file_create", "file_write", "network_connection"})
_SLACK_NS: Final = 100_000_000
_PAGE_S: Final = 30  # a small machine that does other things too answers late, and answers
_PROBE: Final = "system_looked_over"
_JUDGE: Final = "judge"  # its cursor's name
_PROBE_RULE: Final = {
    "title": "System looked over",
    "title_vi": "Dò thông tin hệ thống",
    "id": "0d6c1a52-2f0e-5d0b-8a64-6b1f7c1f4b10",
    "status": "test",
    "description": "Somebody asks for every detail of the system's name; pushed by the demonstration.",
    "description_vi": "Ai đó hỏi mọi chi tiết về tên hệ thống; luật do bản trình diễn gửi.",
    "tags": ["attack.discovery", "attack.t1082"],
    "logsource": {"product": "linux", "category": "process_creation"},
    "detection": {
        "selection": {"Image|endswith": "/uname", "CommandLine|contains": "--all"},
        "shell": {"CommandLine|contains": "uname --all"},
        "condition": "selection or shell",
    },
    "level": "low",
}


def expected_rules(*, polled: bool = False, apart: bool = False) -> dict[str, frozenset[str]]:
    """Ids of the rules that each act must meet.

    `polled`: processes and connections are seen by polling; `apart`: the simulation has a network of its own.
    """
    blind = (_SHORT_LIVED | (_ELSEWHERE if apart else frozenset())) if polled else frozenset()
    files = {path.name: path for path in content_folder().rglob("*.y*") if path.suffix in {".yml", ".yar"}}
    return {act: frozenset(_id(files[name]) for name in names if name not in blind) for act, names in EXPECTED.items()}


def _id(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".yml":
        return str(yaml.safe_load(text)["id"])
    line = next(line for line in text.splitlines() if line.strip().startswith("id ="))
    return "yara:" + line.partition("=")[2].strip().strip('"')


def within(done: Done, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The alerts whose events lie in the act's time."""
    # The host's clock was corrected by a measured skew, a little wrong either way; between two acts there is a pause.
    return [arrival for arrival in arrivals if done.began - _SLACK_NS <= arrival.happened < done.ended - _SLACK_NS]


def await_detections(
    acts: Sequence[Done], follower: Follower, wanted: Mapping[str, frozenset[str]], seconds: float
) -> dict[str, list[Arrival]]:
    """Wait until every act has its alerts, or time is up; the alerts of each act."""
    deadline = time.monotonic() + seconds
    while True:
        found = {done.act: within(done, list(follower.arrivals)) for done in acts}
        missing = [act for act, rows in found.items() if not _met(wanted.get(act), rows)]
        if not missing or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def of_the_arena(stage: Stage, found: Mapping[str, list[Arrival]]) -> dict[str, list[Arrival]]:
    """Leave out what happened elsewhere on this machine meanwhile."""
    folder = str(stage.arena.folder)
    query = {"kind": "process_start", "q": f'process.working_directory:"{folder}*"', "limit": 10_000}
    actors = {row["process.entity_id"] for row in stage.client.lines("/api/events", **query)}

    def ours(arrival: Arrival) -> bool:
        events = stage.client.get(f"/api/alerts/{arrival.row['id']}")["events"]
        return any(
            event["fields"].get("process.entity_id") in actors
            or any(str(event["fields"].get(name, "")).startswith(folder) for name in _PLACES)
            for event in events
        )

    return {act: [arrival for arrival in rows if ours(arrival)] for act, rows in found.items()}


def _met(wanted: frozenset[str] | None, rows: Sequence[Arrival]) -> bool:
    return bool(rows) if wanted is None else wanted <= {row.row["rule"] for row in rows}


def detections(
    report: Report,
    found: Mapping[str, list[Arrival]],
    wanted: Mapping[str, frozenset[str]],
    cause: Callable[[str], dict[str, Any]],
) -> None:
    """Report each act with its alerts and the latency of the first, then how many were detected.

    `cause`: tells why a rule may be silent that should not.
    """
    detected = 0
    latencies = []
    for act, rows in found.items():
        rules = wanted.get(act)
        met = _met(rules, rows)
        detected += met
        counted = [row for row in rows if rules is None or row.row["rule"] in rules]
        latencies += [row.latency_ms for row in counted]
        titles = sorted({(row.row["title"], row.row["title_vi"] or row.row["title"]) for row in counted})
        first = min((row.latency_ms for row in counted), default=None)
        # With rules that are not ours nothing is promised of a single act, only of all together.
        told = {"rules": [title for title, _ in titles], "rules_vi": [native for _, native in titles]}
        silent = sorted((rules or frozenset()) - {row.row["rule"] for row in rows})
        more = {"missing": [cause(rule) for rule in silent]} if silent else {}
        report.say("detection", met or rules is None, act=act, **told, latency_ms=first, **more)
    enough = detected == len(found) if wanted else detected >= 4  # noqa: PLR2004 - the promise for public rules
    middle = median(latencies) if latencies else None
    report.say("detections", enough, detected=detected, acts=len(found), median_latency_ms=middle)


def push_changes(report: Report, stage: Stage, follower: Follower, rules: list[Path], hold: float) -> None:
    """Do an act, push a rule that minds it, do it again: without a restart that rule is met."""
    before = stage.arena.perform((_PROBE,), hold)
    judged = _judged(stage, before[0])
    wanted = {_PROBE: frozenset({str(_PROBE_RULE["id"])})}
    quiet = judged and not any(_met(wanted[_PROBE], within(done, list(follower.arrivals))) for done in before)
    rule = stage.state / "author/probe.yml"
    rule.write_text(yaml.safe_dump(_PROBE_RULE, sort_keys=False), "utf-8")
    version = stage.push_rules([*rules, rule])["version"]
    stage.wait_for_host(version)
    after = stage.arena.perform((_PROBE,), hold)
    loud = _met(wanted[_PROBE], await_detections(after, follower, wanted, 15)[_PROBE])
    words = {True: "detected", False: "not detected"}
    report.say("push", quiet and loud, version=version, act=_PROBE, before=words[not quiet], after=words[loud])


def _judged(stage: Stage, done: Done, seconds: float = 15) -> bool:
    """Wait until the act's processes are stored and the judge is past them: only then is silence an answer."""
    deadline = time.monotonic() + seconds
    query = {"kind": "process_start", "q": "process.command_line:*uname*", "since": time_text(done.began - _SLACK_NS)}
    query |= {"host": stage.host_id}
    stored = _wait(lambda: stage.client.get("/api/events/count", **query)["count"] > 0, deadline)
    head = ingest.head(stage.paths)
    return stored and _wait(lambda: ingest.worked_on(stage.paths, _JUDGE, head), deadline)


def _wait(true: Callable[[], bool], deadline: float) -> bool:
    while not (reached := true()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return reached


def expected_kinds(*, polled: bool = False, apart: bool = False) -> frozenset[str]:
    """Kinds of event that the simulation must leave in the store; see `expected_rules`."""
    return _KINDS - {"network_connection"} if polled and apart else _KINDS


def stored(report: Report, stage: Stage, wanted: frozenset[str]) -> None:
    """Report how many events of each kind the store holds; `wanted`: kinds that must be there."""
    counts = {kind: stage.client.get("/api/events/count", kind=kind, host=stage.host_id)["count"] for kind in KINDS}
    held = {kind: count for kind, count in counts.items() if count}
    report.say("events", held.keys() >= wanted, kinds=held)


def ledger(report: Report, stage: Stage, *, scoped: bool, seconds: float = 20) -> None:
    """End the agent and report the account in its last words, beside what the store holds of it.

    `scoped`: the agent looks only at what the demo started, of which nothing may be missed.
    """
    before = stage.host()["completeness"]["emitted"]
    stage.children.stop_one("agent")
    deadline = time.monotonic() + seconds
    while True:
        row: dict[str, Any] = stage.host()["completeness"]
        dropped = sum(row["dropped"].values())
        missed = sum(count for name, count in row["missed"].items() if name not in ON_PURPOSE)
        # What a kernel missed on a busy machine is told and is no fault of the account; of a scoped one it would be.
        exact = row["emitted"] == row["acked"] + row["spooled"] and dropped == 0 and not (scoped and missed)
        held = stage.client.get("/api/events/count", host=stage.host_id)["count"]
        # The last words are in the store and do not count themselves.
        whole = exact and row["emitted"] > before and held == row["emitted"] + 1 and not row["gaps"]
        if whole or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    facts = {name: row[name] for name in ("emitted", "acked", "spooled", "gaps")}
    unwatched = sum(row["missed_seconds"].values())  # before it all began: no fault of the account, and told with it
    more = {"dropped": dropped, "missed": missed, "unwatched_seconds": unwatched, "stored": held}
    note = "stored has the agent's last words too, which do not count themselves among emitted"
    report.say("ledger", whole, **facts, **more, note=note)


def answers(url: str) -> bool:
    """Whether the page comes."""
    with urllib.request.urlopen(url, timeout=_PAGE_S) as answer:  # noqa: S310 - our own address
        return bool(answer.status == HTTPStatus.OK)


def page(report: Report, url: str) -> None:
    """Report whether the page comes, with its policy."""
    with urllib.request.urlopen(url, timeout=_PAGE_S) as answer:  # noqa: S310 - our own address
        body = answer.read()
        policy = answer.headers.get("Content-Security-Policy", "")
    good = answer.status == HTTPStatus.OK and b"<script" in body and "default-src 'none'" in policy
    report.say("page", good, status=answer.status, bytes=len(body))
