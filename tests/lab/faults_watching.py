"""What the lane itself does during an abuse, and looks at after it. Part of `faults`; not a lane itself."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tramgac_collector.config import CollectorConfig

from tests.lab.faults_counts import counts
from tests.lab.faults_lines import GONE, REVOKED_S, SILENT_S
from tests.lab.fleet_identity import Identity
from tests.lab.rows import row
from tests.lab.site import Site

CAUGHT_UP_S = 120.0
SCAN_S = 120.0
"""A scan has ten seconds, and three more looks in parts where rules ran away."""
LIMIT = int(CollectorConfig.model_fields["alerts_a_day"].default)
"""Alerts of one rule on one host in a day: the product's own."""
RULE = "tramgac:more-alerts"
_revoked: dict[str, float] = {}


async def _host(site: Site, who: Identity) -> Any:
    return await asyncio.to_thread(site.stage.client.get, f"/api/hosts/{who.host}")


async def _until(site: Site, who: Identity, seconds: float, *, connected: bool) -> bool:
    deadline = time.monotonic() + seconds
    while (await _host(site, who))["connected"] is not connected:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.2)
    return True


async def revoke(site: Site, who: Identity, _pid: int) -> list[bool]:
    """Revoke the host while its stream is open."""
    there = await _until(site, who, 30, connected=True)
    await asyncio.sleep(2)
    _revoked[who.host] = time.time()
    await asyncio.to_thread(site.stage.client.send, f"/api/hosts/{who.host}/revoke", {})
    return [row("faults", "certificate_revoked: open streams", int(there), "streams", at_least=1)]


async def silence(site: Site, who: Identity, pid: int) -> list[bool]:
    """Wait until the collector sees that the attacker, which has stopped in its tracks, is gone; then let it end."""
    try:
        there = await _until(site, who, 30, connected=True)
        began = time.monotonic()
        gone = await _until(site, who, SILENT_S + 30, connected=False)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    after = time.monotonic() - began if there and gone else 1e9
    return [row("faults", "blackholed: its stream was ended after", round(after, 1), "s", at_most=SILENT_S)]


async def _ended(name: str, moment: float, found: dict[str, Any]) -> list[bool]:
    heard = found["moments"].get(GONE, 1e12)
    return [row("faults", f"{name}: its stream ended after", round(heard - moment, 3), "s", at_most=REVOKED_S)]


async def revoked(_site: Site, who: Identity, found: dict[str, Any]) -> list[bool]:
    """How soon a stream ended whose host was revoked."""
    return await _ended("certificate_revoked", _revoked[who.host], found)


async def outlived(_site: Site, _who: Identity, found: dict[str, Any]) -> list[bool]:
    """How soon a stream ended whose certificate did."""
    return await _ended("certificate_ends", found["moments"]["certificate ended"], found)


async def capped(site: Site, who: Identity, _found: dict[str, Any]) -> list[bool]:
    """Alerts of one rule end at the product's limit, the rest is counted, and that is told once."""
    deadline = time.monotonic() + CAUGHT_UP_S
    while True:
        raised = await asyncio.to_thread(_alerts, site, who.host)
        if raised.get(RULE) or time.monotonic() > deadline:
            break
        await asyncio.sleep(1)
    most = max((number for rule, number in raised.items() if rule != RULE), default=0)
    good = [row("faults", "alert_flood: alerts of one rule", most, "alerts", at_most=LIMIT)]
    good.append(row("faults", "alert_flood: the limit was met", most, "alerts", at_least=LIMIT))
    return [*good, row("faults", "alert_flood: rules of which it was told", raised.get(RULE, 0), "alerts", at_least=1)]


def _alerts(site: Site, host: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for alert in site.stage.client.lines("/api/alerts/export", status="all", host=host, limit=1_000_000):
        found[alert["rule"]["id"]] = found.get(alert["rule"]["id"], 0) + 1
    return found


async def scanned(site: Site, _who: Identity, found: dict[str, Any]) -> list[bool]:
    """Every hostile sample was scanned or given up by the child, soon."""
    wanted, deadline = found["told"].get("sample stored", 0), time.monotonic() + SCAN_S
    while True:
        left = wanted - counts(site, ["judge.scans"])["judge.scans"]
        if left <= 0 or time.monotonic() > deadline:
            return [row("faults", "hostile_sample: samples not scanned yet", max(left, 0), "samples", at_most=0)]
        await asyncio.sleep(0.5)


DURING: dict[str, Callable[[Site, Identity, int], Awaitable[list[bool]]]] = {
    "certificate_revoked": revoke,
    "blackholed": silence,
}
AFTER: dict[str, Callable[[Site, Identity, dict[str, Any]], Awaitable[list[bool]]]] = {
    "alert_flood": capped,
    "certificate_ends": outlived,
    "certificate_revoked": revoked,
    "hostile_sample": scanned,
}
