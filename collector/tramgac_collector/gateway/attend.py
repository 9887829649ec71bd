"""What a gateway looks at by itself, at each ring of its bell and every few seconds.

Room on the disk, content, asks for samples, revocations, what people chose for rules.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.session_pb2 import REASON_REVOKED

from tramgac_collector import content, dictionaries, hosts, quarantine, samples, tallies
from tramgac_collector.bell import Bell
from tramgac_collector.gateway import choices
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.keeping import keep
from tramgac_collector.gateway.stream import Stream
from tramgac_collector.ingest.room import LOW, free_bytes
from tramgac_collector.samples import Ask
from tramgac_collector.schema import HostRow
from tramgac_collector.write_times import WRITES

COUNTS_EVERY_S = 60.0
THROTTLE_MS, THROTTLE_EVERY_S = 30_000, 10.0
"""How long agents are asked to hold back, and how often they are asked again while the disk is low."""
_log = structlog.get_logger(__name__)


async def attend(hall: Hall, bell: Bell) -> None:
    """Look, until cancelled. The control store being locked or away delays asks and offers, never the streams."""
    next_counts = 0.0
    teller = tallies.Teller(hall.paths, "gateway", writes=WRITES)
    while True:
        try:
            await look(hall)
            await keep(hall)
        except Exception as error:  # noqa: BLE001 # bulkhead: ATTEND
            hall.counts.add("attend_failed")
            _log.exception("the gateway could not look after its streams", error=str(error))
        if time.monotonic() >= next_counts:
            next_counts = time.monotonic() + COUNTS_EVERY_S
            _log.info("counts", streams=len(hall.streams.live), **hall.counts.snapshot())
        if teller.due:
            await asyncio.to_thread(teller.tell, hall.counts.snapshot(), _gauges(hall))
        await bell.wait_async()


def _gauges(hall: Hall) -> dict[str, float]:
    busy = {"waiting_bytes": hall.budget.taken, "tasks": len(hall.tasks), "loop_lag_s": hall.lag.worst()}
    return {"streams": len(hall.streams.live), **busy}


async def look(hall: Hall) -> None:
    """Look once."""
    free = await asyncio.to_thread(free_bytes, hall.paths)
    low = free < LOW * hall.config.minimum_free_bytes  # what is left is for urgent events and for those who look
    if low:
        _throttle(hall, free)  # first: it asks nobody else
    now, heard = hall.clock(), choices.told(hall)
    asked = [stream.host for stream in hall.streams if isinstance(stream, Stream) and stream.sends_samples]
    seen, hall.seen = hall.seen, {}

    def work(s: Session) -> tuple[int, set[str], list[Ask], choices.News, quarantine.Active]:
        hosts.seen(s, seen)
        asks = samples.lease(s, asked, now) if asked and not low else []
        inactive = set(s.scalars(select(HostRow.id).where(HostRow.active.is_(False))))
        return content.current(s), inactive, asks, choices.news(s, heard), quarantine.active(s, now)

    version, inactive, asks, chosen, quarantined = await hall.control.write(work)
    _end_revoked(hall, inactive)
    hall.guard.learn(quarantined)
    for ask in asks:
        stream = hall.streams.live.get(ask.host)
        if isinstance(stream, Stream):
            stream.ask(bytes.fromhex(ask.sha256), ask.limit)
    choices.tell(hall, chosen)
    if version != hall.content:
        hall.dictionaries = await asyncio.to_thread(dictionaries.known, hall.paths)
        hall.content = version
        _log.info("offering content", version=version, streams=len(hall.streams.live))
        for stream in hall.streams:
            if isinstance(stream, Stream):
                stream.offer(version)


def _throttle(hall: Hall, free: int) -> None:
    now = time.monotonic()
    if now - hall.throttled < THROTTLE_EVERY_S:
        return
    hall.throttled = now
    hall.counts.add("throttled")
    _log.warning("the disk is low; agents hold back what is not urgent", free=free)
    for stream in hall.streams:
        if isinstance(stream, Stream):
            stream.throttle(THROTTLE_MS)


def _end_revoked(hall: Hall, inactive: set[str]) -> None:
    for host in inactive.intersection(hall.streams.hosts()):
        stream = hall.streams.live[host]
        if isinstance(stream, Stream):
            hall.counts.add("streams_revoked")
            stream.end(REASON_REVOKED, "this host may not speak any longer")
