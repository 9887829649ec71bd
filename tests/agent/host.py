"""A host for tests: a state folder, the sensor process's duties on the event loop, an uplink beside them."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

from tramgac_agent import identity
from tramgac_agent.config import AgentConfig
from tramgac_agent.duties import Duties
from tramgac_agent.privileges import lay_out
from tramgac_agent.spool import Spool
from tramgac_agent.uplink import Uplink
from tramgac_wire.backoff import Backoff


def config_in(folder, **settings) -> AgentConfig:
    given = {"flush_security_s": 0.0, "flush_bulk_s": 0.0, "uplink_user": "nobody-of-tests"} | settings
    return replace(AgentConfig(state=folder), **given)


async def until(holds, seconds=20.0):
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is of several tasks
            await asyncio.sleep(0.01)


class Host:
    """Spool and duties; `find` and `reload` may be replaced."""

    def __init__(self, config: AgentConfig, *, boot="boot"):
        self.config = config
        lay_out(config.paths, config.uplink_user)
        self.known = {}
        self.reloads = []
        recent = (config.recent_bytes, config.recent_age_s)
        caps = {"cap_bytes": config.spool_bytes, "recent": recent}
        self.spool = Spool.open(config.paths.spool, **caps, boot=boot, now=time.monotonic_ns)
        self.duties = Duties(config, self.spool, find=self.known.get, reload=self._reload)

    def _reload(self, path):
        self.reloads.append(path.read_bytes())
        return 0

    def put(self, lane, *events):
        for event in events:
            self.spool.put(lane, event)
        self.spool.flush()

    async def turn(self):
        while True:
            self.duties.turn()
            await asyncio.sleep(0.005)

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.turn())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.duties.close()
            self.spool.close()


@asynccontextmanager
async def uplinked(config: AgentConfig, ours: identity.Identity, *, paired: bool = False):
    """An uplink; stopped at the end."""
    uplink = Uplink(config, ours, paired=paired)
    task = asyncio.create_task(uplink.run())
    try:
        yield uplink
    finally:
        uplink.stop()
        async with asyncio.timeout(10):
            await task


def impatient(monkeypatch):
    """Come back at once: what is tested is that it comes back."""
    monkeypatch.setattr(Backoff, "delay", lambda _, retry_after_ns=0: 20_000_000 + retry_after_ns)
