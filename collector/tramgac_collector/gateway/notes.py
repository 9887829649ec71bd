"""What the gateway writes down about hosts while it talks with them."""

from __future__ import annotations

import structlog
from tramgac_proto.session_pb2 import ContentReport, Reason, SampleRefusal
from tramgac_wire import collector_session as cs

from tramgac_collector import host_streams, hosts, samples
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.host_streams import Began, Ended
from tramgac_collector.hosts import Finding

_log = structlog.get_logger(__name__)


def reason_name(reason: int) -> str:
    """Give the word of a goodbye's reason, in lower case."""
    found = Reason.DESCRIPTOR.values_by_number.get(reason)
    return found.name.removeprefix("REASON_").lower() if found else str(reason)


async def greeted(hall: Hall, host: str, address: str, greeted: cs.Greeted) -> None:
    """Write down that a host's stream began; find out whether two machines have its identity, or two collectors."""
    hello, now = greeted.hello, hall.clock()
    _log.info("connected", host=host, address=address, epoch=f"{hello.epoch:016x}", version=hello.agent_version)
    began = Began(host, now, address, hall.name, greeted.clock_difference, hello.content)
    await hall.control.write_together(host_streams.began, began)
    # One agent turns between its present epoch and an earlier one that it drains; two with one identity do not agree.
    mark = (address.rpartition(":")[0], f"{hello.present or hello.epoch:016x}", hello.hostname)
    if hall.streams.alternates(host, mark):
        detail = (
            f"two agents with one identity take turns; the last is {hello.hostname!r} at {address}. Find the copy (a "
            "cloned machine?) and enrol it anew: remove its identity folder first"
        )
        await report(hall, host, cs.Report("two_agents", detail, hello.epoch))
    if hall.incarnation and host in hall.welcomed and hello.heard not in {0, hall.incarnation}:
        detail = (
            f"two collectors with one identity take turns; this host came from {hello.heard:016x}: one was restored "
            "from the other's backup, stop the one that is not to be"
        )
        await report(hall, host, cs.Report("two_collectors", detail, hello.epoch))
    hall.welcomed.add(host)


async def parted(hall: Hall, host: str, *, left: bool = False) -> None:
    """Write down that a host's stream ended, unless another has taken over. `left`: its side closed it, unasked."""
    if host not in hall.streams.live:
        await hall.control.write_together(host_streams.ended, Ended(host, hall.clock(), hall.name, left))


async def report(hall: Hall, host: str, found: cs.Report) -> None:
    """Write down something about a host's conduct that an administrator must know."""
    hall.counts.add(f"report_{found.kind}")
    _log.warning("report", host=host, kind=found.kind, detail=found.detail, lane=found.lane)
    await hall.control.write_together(hosts.record_findings, Finding(host, found.kind, found.detail, hall.clock()))


async def content(hall: Hall, host: str, report: ContentReport) -> None:
    """Write down what a host says became of a content offer."""
    now = hall.clock()
    _log.info("content", host=host, version=report.version, loaded=report.loaded, reason=report.reason)
    await hall.control.write(
        lambda s: hosts.record_content(
            s,
            host,
            version=report.version,
            loaded=report.loaded,
            reason=report.reason,
            current=report.current,
            now=now,
        )
    )


async def sample_refused(hall: Hall, host: str, refusal: SampleRefusal) -> None:
    """Write down that a host cannot or may not send a sample."""
    hall.counts.add("samples_refused")
    await hall.control.write(lambda s: samples.refused(s, refusal.sha256.hex(), host, refusal.reason))
