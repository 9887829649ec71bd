"""What `tramgac collector doctor` asks of a collector that runs: clocks, ports, what came last, who lags, is told."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tramgac_collector.cli.cut import decimal
from tramgac_collector.cli.doctor_exceptions import exceptions
from tramgac_collector.cli.doctor_words import Running
from tramgac_collector.cli.pairs import say, vietnamese
from tramgac_collector.cli.said import said
from tramgac_collector.cli.times import local, spelled

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client
    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths

BEHIND_S: Final = 60
"""A consumer that is further behind is told, seconds."""
QUIET_S: Final = 600
"""Agents say something each minute: with some connected and nothing for so long something is stuck, seconds."""
LOOP_S: Final = 1.0
"""A gateway's loop that comes later to its work is told, seconds."""
LATE_S: Final = 900
"""A notice that waits for longer is told, seconds."""
OLD_S: Final = 8 * 86_400
"""A backup that is older is told, seconds."""
_BACK: Final = (2, 32, 512)
"""Records from the log's end that are looked through for a batch: what hosts signed lies between them."""
_ANSWER_S: Final = 3.0

Row = tuple[str, bool, str]
"""What was looked at, whether it is well, and what was seen."""


def clock(told: dict[str, Any]) -> Row:
    """Compare our clock with the hosts' (`/api/status`: clock)."""
    from tramgac_collector.clock import kept

    seen = told["clock"]
    side = Running.AHEAD if seen["median_s"] < 0 else Running.BEHIND
    apart = {**seen, "seconds": decimal(abs(seen["median_s"]), 1), "side": say(side)}
    if seen["ours"]:
        return "clock", False, say(Running.OUR_CLOCK, **apart)
    word = Running.CLOCKS if seen["hosts"] else Running.NO_CLOCKS
    unkept = f"; {say(Running.NOT_KEPT)}" if kept() is False else ""
    return "clock", True, say(word, **apart) + unkept


def ports(paths: StatePaths, config: CollectorConfig, told: dict[str, Any]) -> Iterator[Row]:
    """Connect to each port as agents and people do, from this machine."""
    from tramgac_collector.config import address

    bound = _bound(paths)
    listens = {name: address(getattr(config, f"{name}_listen")) for name in ("session", "enrol", "console")}
    console = urlsplit(told["console"]).port if listens["console"][1] == 0 else listens["console"][1]
    numbers = {"session": bound.get("session", 0), "enrol": bound.get("enrol", 0), "console": console}
    for name, (host, _) in listens.items():
        if port := numbers[name]:
            yield _port(name, host, port)


def _bound(paths: StatePaths) -> dict[str, int]:
    """Tell which ports the gateway has, by name; empty where it does not run."""
    try:
        found: dict[str, int] = json.loads(paths.gateway.read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def firewall(paths: StatePaths, config: CollectorConfig) -> Iterator[Row]:
    """Look whether the rules of `collector firewall` stand before the ports of agents that other machines reach.

    It is advice and no fault: a firewall of another kind, or on another machine, may do the same.
    """
    from tramgac_collector.config import address, loopback
    from tramgac_collector.firewall import bounded

    if config.roles and "gateway" not in config.roles:
        return
    bound, listens = _bound(paths), {"session": config.session_listen, "enrol": config.enrol_listen}
    reached = {address(one)[1] or bound.get(name, 0) for name, one in listens.items() if not loopback(one)}
    if not (wanted := reached - {0}):
        return
    why, lacking = "", wanted
    try:
        lacking = wanted - bounded()
    except OSError as error:
        why = error.strerror or str(error)
    word = Running.FIREWALL_UNSEEN if why else Running.NO_FIREWALL if lacking else Running.FIREWALLED
    shown = ", ".join(map(str, sorted(lacking or wanted)))
    yield "firewall", True, say(word, ports=shown, why=why, state=paths.root)


def _port(name: str, host: str, port: int) -> Row:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    shown = {"host": host, "port": port}
    try:
        socket.create_connection((near, port), _ANSWER_S).close()
    except OSError as error:
        return f"port {name}", False, say(Running.PORT_SHUT, **shown, why=error.strerror or error)
    return f"port {name}", True, say(Running.PORT, **shown)


def database(config: CollectorConfig, told: dict[str, Any]) -> Row:
    """Look whether the control database suits so many hosts."""
    from tramgac_collector.initialise import SQLITE_HOSTS

    many = told["hosts"] > SQLITE_HOSTS and not config.database_url
    kind = "PostgreSQL" if config.database_url else "SQLite"
    return (
        "database",
        not many,
        say(Running.SMALL_DATABASE if many else Running.DATABASE, kind=kind, hosts=told["hosts"]),
    )


def last_event(paths: StatePaths, told: dict[str, Any], now: int) -> Row:
    """Look at what came last, by the ingest log."""
    from tramgac_collector.errors import Unreadable
    from tramgac_collector.ingest import consume, head

    until, connected = head(paths), told["connected"]
    newest = 0
    with suppress(Unreadable, OSError):
        for back in _BACK:
            newest = newest or max((entry.received for entry in consume(paths, max(0, until - back))), default=0)
    if not newest:
        return "last event", not connected, say(Running.NOTHING_CAME, connected=connected)
    ago = max(0, (now - newest) // 10**9)
    quiet = bool(connected) and ago > QUIET_S
    word = Running.QUIET if quiet else Running.CAME
    return "last event", not quiet, say(word, ago=spelled(ago), connected=connected, log=paths.role_log("gateway"))


def behind(paths: StatePaths, now: int) -> Iterator[Row]:
    """Look how far the consumers of the ingest log are."""
    from tramgac_collector.consumer_lag import lags

    for lag in lags(paths, now):
        shown = {"records": lag.records, "mib": lag.bytes >> 20, "ago": spelled(int(lag.seconds))}
        late = lag.seconds > BEHIND_S
        word = (Running.STORE_BEHIND if lag.consumer == "store" else Running.JUDGE_BEHIND) if late else Running.NEAR
        word = word if lag.records else Running.UP_TO_DATE
        yield f"lag {lag.consumer}", not late, say(word, **shown, log=paths.role_log(lag.consumer))


def loop(paths: StatePaths) -> Iterator[Row]:
    """Look how late the gateway's loop was of late: every acknowledgement waits so long."""
    from tramgac_collector import tallies

    told = tallies.read(paths, "gateway")
    if told is None or "loop_lag_s" not in told.gauges:
        return
    late = told.gauges["loop_lag_s"]
    word = Running.LOOP_LATE if late >= LOOP_S else Running.LOOP
    yield "gateway loop", late < LOOP_S, say(word, ms=round(1_000 * late), log=paths.role_log("gateway"))


def notifications(client: Client, now: float) -> Row:
    """Look whether people are told."""
    told = client.get("/api/notify")
    if fault := told["fault"]:
        return "notify", False, fault["vi" if vietnamese() else "en"]
    wrong = [text for row in told["channels"] if (text := _channel(row, now))]
    if wrong:
        return "notify", False, "; ".join(wrong)
    if not any(row["kind"] and row["routes"] for row in told["channels"]):
        return "notify", True, say(Running.NOBODY_TOLD, path=told["path"])
    alerts, names = sum(row["alerts"] for row in told["channels"]), ", ".join(row["name"] for row in told["channels"])
    return "notify", True, say(Running.TOLD, names=names, alerts=alerts)


def _channel(row: dict[str, Any], now: float) -> str:
    name, why = row["name"], said(row["reason"])
    if row["given_up"]:
        return say(Running.GIVEN_UP, name=name, count=row["given_up"], why=why)
    if not row["kind"] and row["waiting"]:
        return say(Running.NO_CHANNEL, name=name, count=row["waiting"])
    if row["oldest"] and now - _seconds(row["oldest"]) > LATE_S:
        return say(Running.LATE, name=name, count=row["waiting"], since=local(row["oldest"]), why=why)
    if why and not row["waiting"]:
        return say(Running.PARTLY, name=name, why=why)
    return ""


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def exports(paths: StatePaths) -> Iterator[Row]:
    """Look how the exporter's targets stand, where there is an exporter."""
    from tramgac_collector.export import notes

    if not paths.export_settings.exists():
        return
    told = notes.read(paths)
    wrong = [told["trouble"][1 if vietnamese() else 0]] if any(told["trouble"]) else []
    for row in told["targets"]:
        if row["state"] not in {"sends", "waits"}:
            why = row["trouble_vi" if vietnamese() else "trouble"]
            wrong.append(say(Running.NOT_EXPORTED, name=row["name"], behind=row["behind"], why=why))
    names = ", ".join(row["name"] for row in told["targets"])
    yield "export", not wrong, "; ".join(wrong) or say(Running.EXPORTED, names=names or "-")


def backup(paths: StatePaths, now: int) -> Row:
    """Look how old the newest backup is. That there never was one is told, and is no fault of what runs."""
    try:
        taken = int(json.loads(paths.last_backup.read_bytes())["taken"])
    except FileNotFoundError:
        return "backup", True, say(Running.NO_BACKUP)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return "backup", False, say(Running.BACKUP_UNREADABLE, path=paths.last_backup, why=type(error).__name__)
    ago = max(0, now - taken) // 10**9
    word = Running.BACKUP_OLD if ago > OLD_S else Running.BACKUP
    return "backup", ago <= OLD_S, say(word, ago=spelled(ago))


def running(paths: StatePaths, config: CollectorConfig, client: Client) -> Iterator[Row]:
    """Look at all of it. Raises CommandError if the API does not answer."""
    told = client.get("/api/status")
    yield clock(told)
    yield from ports(paths, config, told)
    yield last_event(paths, told, time.time_ns())
    yield database(config, told)
    yield exceptions(client.get("/api/exceptions")["items"], time.time())
    yield notifications(client, time.time())
