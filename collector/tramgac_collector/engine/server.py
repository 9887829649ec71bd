"""The role `engine`: the process that owns the event store's folder and speaks ClickHouse's HTTP protocol."""

from __future__ import annotations

import faulthandler
import json
import logging
import secrets
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
import uvicorn
from tramgac_wire import whole

from tramgac_collector import logs, ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.engine.app import application
from tramgac_collector.engine.execute import Engine
from tramgac_collector.paths import StatePaths

_THREADS = 8
_KEEP_ALIVE_S = 600
"""Longer than anybody keeps a client that is not in use (spare.py): else a question meets a closed connection."""
_log = structlog.get_logger(__name__)
_SETTINGS = """<clickhouse>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <memory_worker_period_ms>1000</memory_worker_period_ms>
</clickhouse>
"""
"""Its memory is put right each second; the engine does that twenty times a second, 0.2 % of a core for nothing."""


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Do the work of the role: listen on a free port of loopback, told with a new key in `run/engine.json`."""
    logs.configure(paths, "engine")
    logging.getLogger("uvicorn.access").disabled = True
    engine = Engine(_address(paths, config))
    _die_at_once()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    key = secrets.token_urlsafe(32)
    _tell(paths.engine, int(listener.getsockname()[1]), key)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="statement") as executor:
        app = application(engine, key, executor)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
                timeout_keep_alive=_KEEP_ALIVE_S,
            )
        )
        # uvicorn raises the signal again after it has stopped; the engine is to be closed first.
        signal.signal(signal.SIGTERM, lambda *_: None)
        ready.announce(paths, "engine")
        _log.info("engine is open", port=listener.getsockname()[1])
        server.run(sockets=[listener])
    engine.close()
    ready.retract(paths, "engine")


def _die_at_once() -> None:
    """Have a fault of the engine end the process now: its own handler first looks up names for minutes.

    Nobody starts another engine while this one still dies; where Python stood goes to standard error.
    """
    for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.enable()


def _address(paths: StatePaths, config: CollectorConfig) -> str:
    settings = paths.run / "engine.xml"
    settings.write_text(_SETTINGS.format(memory=config.engine_memory_bytes))
    return f"{paths.events}?config-file={settings}"


def _tell(file: Path, port: int, key: str) -> None:
    whole.write(file, json.dumps({"port": port, "key": key}).encode(), durable=False)
