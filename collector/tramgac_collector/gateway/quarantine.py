"""Who is not heard for a while: how a host gets there, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import structlog
from tramgac_proto.event_pb2 import LANE_URGENT
from tramgac_proto.session_pb2 import REASON_LIMIT, AgentMessage, CollectorMessage
from tramgac_wire.limits import MAX_TEXT

from tramgac_collector import bell, quarantine
from tramgac_collector.gateway.admission import peer_address
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.limits import ENDED, OFFENCES, PAUSE_S, Step

_log = structlog.get_logger(__name__)
_MINUTE_NS = 60_000_000_000


def left_ms(hall: Hall, host: str) -> int:
    """Give how long a host is not heard yet; 0 if it is."""
    return max(0, hall.guard.held.get(host, 0) - hall.clock()) // 1_000_000


def goodbye(left: int) -> CollectorMessage:
    """Give what is said to a host in quarantine."""
    message = CollectorMessage()
    message.goodbye.reason = REASON_LIMIT
    message.goodbye.detail = (
        "this host is in quarantine: what speaks in its name broke the rules of the dialogue; `tramgac hosts show` at "
        "the collector says how, `tramgac hosts release` ends it"
    )
    message.goodbye.retry_after_ms = left
    return message


async def admitted(hall: Hall, host: str, context: Any) -> bool:
    """Count a stream that begins; False, and goodbye, for a host in quarantine or one that comes again too often."""
    if not left_ms(hall, host) and hall.guard.struck(host, "streams"):
        send_off(hall, host, "streams", "more than 120 streams in a minute")
    left = left_ms(hall, host)
    if left:
        hall.counts.add("refused_quarantine")
        try:
            await context.write(goodbye(left))
        finally:
            hall.cutter.cut(peer_address(context))
    return not left


async def called(hall: Hall, host: str, context: Any) -> None:
    """Count a short call; one of a host in quarantine, or of one that calls too often, ends here."""
    if not left_ms(hall, host) and hall.guard.struck(host, "calls"):
        send_off(hall, host, "calls", "more than 200 calls in a minute")
    if left_ms(hall, host):
        hall.counts.add("refused_quarantine")
        hall.cutter.cut(peer_address(context))
        await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "this host is in quarantine")


def ended(hall: Hall, host: str, reason: int, detail: str) -> None:
    """Note why a dialogue ended; too many that end by the agent's fault bring it into quarantine."""
    offence = ENDED.get(reason)
    if offence and not left_ms(hall, host) and hall.guard.struck(host, offence):
        send_off(hall, host, offence, detail)


def greeted(hall: Hall, host: str, epoch: int, throttle: Callable[[int], None]) -> None:
    """Note which incarnation of its spool a host speaks of; who was told to wait on an earlier stream is told again."""
    meter, now = hall.guard.meter(host), hall.guard.clock()
    if now < meter.held_until:
        throttle(int((meter.held_until - now) * 1000))
    if meter.incarnation(now, epoch):
        send_off(hall, host, "epochs", f"more than {OFFENCES['epochs'][0]} incarnations of its spool in a day")


async def charge(hall: Hall, host: str, message: AgentMessage, throttle: Callable[[int], None]) -> str:
    """Charge a message to its host, and hold the host back if need be; the goodbye's detail for an offender.

    `throttle` asks the host to wait, milliseconds.
    """
    batch, now = message.batch, hall.guard.clock()
    meter = hall.guard.meter(host)
    step = meter.take(now, batch.count, message.ByteSize(), urgent=batch.lane == LANE_URGENT)
    if step is Step.HOLD:
        hall.counts.add("streams_held_back")
        throttle(int((meter.held_until - now) * 1000))
    elif step is Step.PAUSE:
        hall.counts.add("streams_paused")
        await asyncio.sleep(PAUSE_S)
    elif step is Step.OFFENCE:
        return send_off(hall, host, "flood", "more came than may be on its way when a host is told to wait")
    return ""


def send_off(hall: Hall, host: str, offence: str, detail: str) -> str:
    """Put a host into quarantine at once, in memory; what is written down follows. Returns the goodbye's detail."""
    length = int(hall.config.quarantine_minutes * _MINUTE_NS)
    hall.guard.held[host] = max(hall.guard.held.get(host, 0), hall.clock() + length)
    hall.counts.add("quarantined")
    _log.warning("quarantine", host=host, offence=offence, detail=detail)
    hall.later(_impose(hall, host, offence, detail[:MAX_TEXT], length))
    return f"in quarantine: {offence}: {detail}"


async def _impose(hall: Hall, host: str, offence: str, detail: str, length: int) -> None:
    now = hall.clock()
    until = await hall.control.write(lambda s: quarantine.impose(s, host, offence, detail, now, length))
    hall.guard.held[host] = until
    await asyncio.to_thread(bell.ring_readers, hall.paths.run)
