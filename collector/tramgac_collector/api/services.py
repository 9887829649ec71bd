"""What the routes work with, put together once in `api/serve.py` and in tests."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from tramgac_collector.api.hub import Hub
from tramgac_collector.api.queue import Queue
from tramgac_collector.api.rulebook import Rulebook
from tramgac_collector.config import CollectorConfig
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a route may reach."""

    paths: StatePaths
    config: CollectorConfig
    engine: Engine
    hub: Hub
    rulebook: Rulebook
    credential: str
    """What a command on this machine shows on `run/api.sock`; 64 hexadecimal digits."""
    origin: str
    """The console's address as people type it: SCHEME://HOST:PORT."""
    now: Callable[[], int] = time.time_ns
    """Nanoseconds since 1970 UTC."""
    logins: Queue = field(default_factory=lambda: Queue(at_once=2, waiting=20))
    """Log-ins: each takes 64 MB and 0.3 s, slow on purpose."""
    backtests: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while one runs: it reads much of the event store."""
    verdicts: threading.Lock = field(default_factory=threading.Lock)
    """Held for each of the many transactions of a verdict on all: several of them at once are as slow as one."""
    counts: Counts = field(default_factory=Counts)


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


Here = Annotated[Services, Depends(_services)]
"""A route's parameter of this type is given the application's services."""
