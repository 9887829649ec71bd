"""What `tramgac collector doctor` looks at: a row each, and how to mend what is not well."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.client import Client
from tramgac_collector.cli.doctor_words import Seen
from tramgac_collector.cli.errors import CommandError, Failed
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.said import said
from tramgac_collector.cli.titles import titled
from tramgac_collector.errors import CollectorError

if TYPE_CHECKING:
    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths

_SOON: Final = timedelta(days=30)
_HOLES: Final = {
    "log_trimmed": Seen.WHY_LOG_TRIMMED,
    "log_damaged": Seen.WHY_LOG_DAMAGED,
    "record_unknown": Seen.WHY_RECORD_UNKNOWN,
}
_ROOM: Final = {"disk_full": Seen.DISK_FULL, "disk_low": Seen.DISK_LOW, "": Seen.FREE}
"""What is said of a disk, by the word of `hindrances.disk`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `what` says what was seen, and how to mend it unless `ok`."""

    check: str
    ok: bool
    what: str

    def as_json(self) -> dict[str, object]:
        """Give the row as `--json` prints it."""
        return asdict(self)


def findings(paths: StatePaths) -> Iterator[Finding]:
    """Look at one collector. What cannot be looked at because of what came before is left out."""
    from tramgac_collector.config import load
    from tramgac_collector.initialise import require

    try:
        require(paths)
        config = load(paths)
    except CollectorError as error:
        yield Finding("state", ok=False, what=error.said())
        return
    yield Finding("state", ok=True, what=str(paths.root))
    yield _private(paths.root)
    yield _disk(paths, config)
    yield from _forecast(paths, config)
    console = [Path(config.console_certificate)] if config.console_certificate else []
    yield from (_certificate(path) for path in (paths.ca_certificate, paths.server_certificate, *console))
    yield _log(paths)
    yield _set_aside(paths)
    yield _lens()
    yield from _roles(paths, config)
    yield _asked("api", lambda: _api(paths))
    yield _asked("store", lambda: _store(paths))
    yield _asked("rules", lambda: _rules(paths))
    yield from _running(paths, config)


def _running(paths: StatePaths, config: CollectorConfig) -> Iterator[Finding]:
    from tramgac_collector.cli import doctor_running as more

    now = time.time_ns()
    yield from (Finding(*row) for row in more.behind(paths, now))
    yield from (Finding(*row) for row in more.loop(paths))
    yield from (Finding(*row) for row in more.exports(paths))
    yield Finding(*more.backup(paths, now))
    yield from (Finding(*row) for row in more.firewall(paths, config))
    with suppress(CommandError):  # that the API does not answer was said
        yield from (Finding(*row) for row in more.running(paths, config, Client(paths.root)))


def _private(root: Path) -> Finding:
    mode = root.stat().st_mode & 0o777
    ok = mode & 0o077 == 0
    return Finding("mode", ok, f"{mode:04o}" if ok else say(Seen.MODE, root=root, mode=f"{mode:04o}"))


def _disk(paths: StatePaths, config: CollectorConfig) -> Finding:
    from tramgac_collector.hindrances import disk
    from tramgac_collector.ingest.room import LOW, free_bytes

    free, least = free_bytes(paths), config.minimum_free_bytes
    kind = disk(free, least)
    word = _ROOM[kind]
    return Finding("disk", not kind, say(word, free=free >> 20, least=least >> 20, low=LOW * least >> 20))


def _forecast(paths: StatePaths, config: CollectorConfig) -> Iterator[Finding]:
    """Tell how long the disk lasts; nothing before the store measured itself."""
    from tramgac_collector.events import forecast

    told = forecast.told(paths)
    if told is None:
        return
    a_day = told.bytes_a_day >> 20
    if told.days_left is None:
        yield Finding("forecast", ok=True, what=say(Seen.ROOM_ENOUGH, a_day=a_day))
        return
    ok = told.days_left >= config.disk_alarm_days
    word = Seen.ROOM_LASTS if ok else Seen.ROOM_ENDS
    yield Finding("forecast", ok, say(word, a_day=a_day, days=int(told.days_left)))


def _log(paths: StatePaths) -> Finding:
    from tramgac_collector.ingest import holes

    found = holes.listing(paths)
    if not found:
        return Finding("log", ok=True, what=say(Seen.NO_HOLES))
    told = "; ".join(
        say(Seen.HOLE, consumer=hole.consumer, first=hole.first, last=hole.next - 1, reason=_why(hole.reason))
        for hole in found
    )
    return Finding("log", ok=False, what=say(Seen.HOLES, told=told, place=f"{paths.holes}/*"))


def _why(reason: str) -> str:
    word = _HOLES.get(reason)
    return reason if word is None else say(word)


def _set_aside(paths: StatePaths) -> Finding:
    kept = sorted(paths.poison.glob("*.batch"))
    if not kept:
        return Finding("set aside", ok=True, what=say(Seen.NOTHING_ASIDE))
    return Finding("set aside", ok=False, what=say(Seen.ASIDE, count=len(kept), place=f"{paths.poison}/*"))


def _lens() -> Finding:
    """How YARA's child would be locked in when this user starts it; the judge runs it as the collector's."""
    from tramgac_scan.client import Scanner
    from tramgac_scan.errors import ScanError

    try:
        with Scanner(()) as scanner:
            held, missing = ", ".join(scanner.held), ", ".join(scanner.missing)
    except ScanError as error:
        return Finding("lens", ok=False, what=say(Seen.NO_LENS, why=error))
    word = Seen.LESS_CONFINED if missing else Seen.CONFINED
    return Finding("lens", not missing, say(word, held=held, missing=missing))


def _certificate(path: Path) -> Finding:
    from cryptography import x509

    check = f"certificate {path.name}"
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        return Finding(check, ok=False, what=say(Seen.NO_CERTIFICATE, path=path, why=error))
    ok = ends > datetime.now(UTC) + _SOON
    return Finding(check, ok, say(Seen.CERTIFICATE if ok else Seen.CERTIFICATE_ENDS, day=f"{ends:%Y-%m-%d}"))


def _roles(paths: StatePaths, config: CollectorConfig) -> Iterator[Finding]:
    from tramgac_collector import ready
    from tramgac_collector.main import wanted

    absent = Seen.ROLE_STARTS if ready.held(paths) else Seen.NO_ROLE
    for role in wanted(paths, config):
        pid = ready.pid(paths, role)
        ok = ready.runs(paths, role)
        what = say(Seen.ROLE if ok else absent, pid=pid, log=paths.role_log(role), state=paths.root)
        yield Finding(f"role {role}", ok, what)


def _asked(check: str, ask: Callable[[], str]) -> Finding:
    try:
        return Finding(check, ok=True, what=ask())
    except CommandError as error:
        return Finding(check, ok=False, what=str(error))


def _api(paths: StatePaths) -> str:
    Client(paths.root).get("/api/health")
    return say(Seen.ANSWERS, socket=paths.api_socket)


def _store(paths: StatePaths) -> str:
    return say(Seen.EVENTS, count=Client(paths.root).get("/api/events/count")["count"])


def _rules(paths: StatePaths) -> str:
    """Raises Failed if no rule is in force, or if one is not evaluated, since it cost too much."""
    client = Client(paths.root)
    if "no_rules" in {found["kind"] for found in client.get("/api/hindrances")["items"]}:
        raise Failed(say(Seen.NO_RULES))
    stopped = client.get("/api/rule-states")["parked"]
    if stopped:
        told = "; ".join(f"{titled(row)} ({row['rule']}): {said(row['reason'])}" for row in stopped)
        raise Failed(say(Seen.PARKED, told=told))
    return say(Seen.NONE_PARKED)
