"""What `tramgac collector doctor` looks at: a row each, and how to mend what is not well."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.client import Client
from tramgac_collector.cli.errors import CommandError
from tramgac_collector.errors import CollectorError

if TYPE_CHECKING:
    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths

_SOON: Final = timedelta(days=30)


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
    except (CollectorError, OSError) as error:
        yield Finding("state", ok=False, what=str(error))
        return
    yield Finding("state", ok=True, what=str(paths.root))
    yield _private(paths.root)
    yield _disk(paths, config)
    yield from (_certificate(path) for path in (paths.ca_certificate, paths.server_certificate))
    yield _log(paths)
    yield _set_aside(paths)
    yield _lens()
    yield from _roles(paths)
    yield _asked("api", lambda: _api(paths))
    yield _asked("store", lambda: _store(paths))


def _private(root: Path) -> Finding:
    mode = root.stat().st_mode & 0o777
    ok = mode & 0o077 == 0
    return Finding(
        "mode", ok, f"{mode:04o}" if ok else f"{root} has mode {mode:04o}: others can read it; chmod 0700 it"
    )


def _disk(paths: StatePaths, config: CollectorConfig) -> Finding:
    free = shutil.disk_usage(paths.root).free
    ok = free > 2 * config.minimum_free_bytes
    advice = "" if ok else f"; events are refused below {config.minimum_free_bytes >> 20} MiB: make room"
    return Finding("disk", ok, f"{free >> 20} MiB free{advice}")


def _log(paths: StatePaths) -> Finding:
    from tramgac_collector.ingest import holes

    found = holes.listing(paths)
    told = "; ".join(
        f"{hole.consumer} never read records {hole.first} to {hole.next - 1} ({hole.reason})" for hole in found
    )
    advice = (
        ": look at the disk (record_unknown: was a newer version here?); whose events they were stands as gaps with the"
        f" hosts, what bytes stood there lies beside; then remove {paths.holes}/*"
    )
    return Finding("log", not found, told + advice if found else "no holes")


def _set_aside(paths: StatePaths) -> Finding:
    kept = sorted(paths.poison.glob("*.batch"))
    told = f"batches not digested whole: {len(kept)}; the .txt beside each says why; then remove {paths.poison}/*"
    return Finding("set aside", not kept, told if kept else "nothing")


def _lens() -> Finding:
    """How YARA's child would be locked in when this user starts it; the judge runs it as the collector's."""
    from tramgac_scan.client import Scanner
    from tramgac_scan.errors import ScanError

    try:
        with Scanner(()) as scanner:
            held, missing = ", ".join(scanner.held), ", ".join(scanner.missing)
    except ScanError as error:
        return Finding("lens", ok=False, what=str(error))
    advice = (
        f"; missing: {missing}; network wants root or user namespaces, user wants root with CAP_SETUID and CAP_SETGID"
    )
    return Finding("lens", not missing, f"YARA's child is confined by: {held}" + (advice if missing else ""))


def _certificate(path: Path) -> Finding:
    from cryptography import x509

    check = f"certificate {path.name}"
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        return Finding(check, ok=False, what=f"{path}: {error}; restore it from a backup")
    ok = ends > datetime.now(UTC) + _SOON
    return Finding(check, ok, f"good until {ends:%Y-%m-%d}" + ("" if ok else "; renew it"))


def _roles(paths: StatePaths) -> Iterator[Finding]:
    from tramgac_collector import ready
    from tramgac_collector.main import ROLES

    for role in ROLES:
        pid = ready.pid(paths, role)
        ok = pid > 0 and Path(f"/proc/{pid}").is_dir()
        what = f"pid {pid}" if ok else f"not running; see {paths.role_log(role)}, start with: tramgac collector run"
        yield Finding(f"role {role}", ok, what)


def _asked(check: str, ask: Callable[[], str]) -> Finding:
    try:
        return Finding(check, ok=True, what=ask())
    except CommandError as error:
        return Finding(check, ok=False, what=str(error))


def _api(paths: StatePaths) -> str:
    Client(paths.root).get("/api/health")
    return f"answers on {os.fspath(paths.api_socket)}"


def _store(paths: StatePaths) -> str:
    return f"{Client(paths.root).get('/api/events/count')['count']} events"
