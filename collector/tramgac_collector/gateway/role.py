"""The role `gateway`: enrolment port and session port, and the ingest log's one writer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time

import structlog
from tramgac_proto.session_pb2 import REASON_SHUTDOWN
from tramgac_wire import whole

from tramgac_collector import database, host_streams, initialise, logs, ready
from tramgac_collector.bell import Bell
from tramgac_collector.config import CollectorConfig
from tramgac_collector.gateway import descriptors, heap
from tramgac_collector.gateway.attend import attend, look
from tramgac_collector.gateway.control import Control
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.ports import Ports, open_ports
from tramgac_collector.gateway.stream import Stream
from tramgac_collector.ingest.batchlog import BatchLog
from tramgac_collector.ingest.opening import open_log
from tramgac_collector.logs import Counts
from tramgac_collector.logs_aside import aside
from tramgac_collector.paths import StatePaths

GRACE_S = 3.0
_log = structlog.get_logger(__name__)


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Do the work of the role until SIGTERM.

    Raises:
        PortInUse: one of the ports is another's.
        IngestError: the log failed and must be opened again.
    """
    logs.configure(paths, "gateway")
    initialise.require(paths)
    heap.share()
    room = {"maximum_streams": descriptors.provide(config.maximum_streams)}
    with aside():
        asyncio.run(serve(paths, config.model_copy(update=room)))


async def serve(paths: StatePaths, config: CollectorConfig) -> None:
    """Serve until SIGTERM, SIGINT or the log fails."""
    counts = Counts()
    control = Control(database.open_database(config.url(paths)))
    log = await _open(paths, config, counts)
    hall = Hall(paths, config, log, control, counts)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await control.write(lambda s: host_streams.all_ended(s, time.time_ns(), hall.name if config.queue else None))
        with Bell(paths.run, "gateway") as listener:
            await look(hall)
            ports = await open_ports(hall)
            await asyncio.to_thread(_tell, paths, ports)  # agents may come already
            await asyncio.to_thread(ready.announce, paths, "gateway")
            _log.info("gateway is open", session=ports.session_port, enrol=ports.enrol_port)
            watcher, lag = asyncio.create_task(attend(hall, listener)), asyncio.create_task(hall.lag.watch())
            await _until(stop, log, watcher)
            watcher.cancel()
            lag.cancel()
            await close(hall, ports)
    finally:
        ready.retract(paths, "gateway")
        await asyncio.to_thread(log.close)
        control.close()


async def _open(paths: StatePaths, config: CollectorConfig, counts: Counts) -> BatchLog:
    """Open what holds the batches that are acknowledged: this machine's log, or the queue of several gateways."""
    if not config.queue:
        return open_log(paths, config, counts)
    from tramgac_collector.jetstream.log import QueueLog  # its client takes 0.1 s

    return await QueueLog.open(config, counts)


async def close(hall: Hall, ports: Ports) -> None:
    """Say goodbye on all streams, let what was received reach the disk, then stop listening."""
    hall.closing = True
    streams = [stream for stream in hall.streams if isinstance(stream, Stream)]
    for stream in streams:
        stream.end(REASON_SHUTDOWN, "the collector is going down for a while", 1_000)
    if streams:
        await asyncio.wait({asyncio.create_task(stream.finished.wait()) for stream in streams}, timeout=GRACE_S)
    await ports.stop(GRACE_S)
    if hall.tasks:
        await asyncio.wait(set(hall.tasks), timeout=GRACE_S)


async def _until(stop: asyncio.Event, log: BatchLog, watcher: asyncio.Task[None]) -> None:
    """Wait for the end; what ends the log or the watcher ends the role, and the supervisor starts it anew."""
    while not stop.is_set():
        try:
            async with asyncio.timeout(1.0):
                await stop.wait()
        except TimeoutError:
            log.check()
            if watcher.done():
                watcher.result()


def _tell(paths: StatePaths, ports: Ports) -> None:
    told = {"session": ports.session_port, "enrol": ports.enrol_port, "pid": os.getpid()}
    whole.write(paths.gateway, json.dumps(told).encode(), durable=False)
