"""The role api: the application on the console's address and on `run/api.sock`, in one loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn
from tramgac_wire.address import short_address

from tramgac_collector import logs, ready
from tramgac_collector.api.app import create_app
from tramgac_collector.api.exposure import check_content, check_listener, origin, tls
from tramgac_collector.api.hub import Hub
from tramgac_collector.api.identity import LocalSocket, new_credential
from tramgac_collector.api.rulebook import Rulebook
from tramgac_collector.api.services import Services
from tramgac_collector.bell import Bell
from tramgac_collector.config import address
from tramgac_collector.database import open_database
from tramgac_collector.errors import PortInUse
from tramgac_collector.troubles import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths

_LOG: Final = structlog.get_logger(__name__)
_GRACE_S: Final = 2
_LEAVE_S: Final = 3.0
"""So long after a signal the process ends whatever its threads wait for: one that asks an engine which is busy, or
stands still, waits a minute. Nobody hears its answer any more, and what it writes is a transaction."""
_BACKLOG: Final = 512
_CONNECTIONS: Final = 2_000  # of browsers at once, an open page holds one for its stream; more are told 503


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to `_serve`, since two of them share the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


def serve(paths: StatePaths, config: CollectorConfig) -> None:
    """Serve until SIGTERM or SIGINT.

    Listens on `config.console_listen` (TLS if configured) and on `paths.run/api.sock`, after writing a new
    credential to `paths.run/credential` (mode 0600).

    Raises:
        ExposureError: the configuration or the content would not be safe to show.
        PortInUse: somebody listens there already.

    """
    logs.configure(paths, "api")
    check_listener(config)
    engine = open_database(config.url(paths))
    check_content(engine, config)
    try:
        with (
            _console(config) as console,
            _local(paths) as local,
            Bell(paths.run, "api") as bell,
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            services = Services(
                paths=paths,
                config=config,
                engine=engine,
                hub=Hub(engine),
                rulebook=Rulebook(paths, engine),
                credential=new_credential(paths.credential),
                origin=origin(config, console.getsockname()[1]),
            )
            runner.run(_serve(services, console, local, bell))
    finally:
        ready.retract(paths, "api")
        engine.dispose()


async def _serve(services: Services, console: socket.socket, local: socket.socket, bell: Bell) -> None:
    app = create_app(services)
    await services.hub.start()
    tail = asyncio.create_task(services.hub.run(bell))
    servers = (_server(app, services.config), _server(LocalSocket(app), None))

    def stop() -> None:
        services.hub.close()
        for server in servers:
            server.should_exit = True

    def asked() -> None:
        stop()
        _leave_soon(services.paths)

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    ready.announce(services.paths, "api")
    _LOG.info("ready", console=services.origin)
    tail.add_done_callback(lambda _: stop())  # without it pages would hear nothing more: all ends, and begins anew
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(servers[0].serve([console]))
            group.create_task(servers[1].serve([local]))
        if tail.done():
            tail.result()
    finally:
        tail.cancel()


def _leave_soon(paths: StatePaths) -> None:
    """End the process in a while, if it has not come to its end by itself."""

    def leave() -> None:
        _LOG.warning("requests that wait for an answer are left alone")
        ready.retract(paths, "api")
        os._exit(0)

    timer = threading.Timer(_LEAVE_S, leave)
    timer.daemon = True  # it is no reason to stay
    timer.start()


def _server(app: ASGIApp, config: CollectorConfig | None) -> _Server:
    """Make a server; with `config` it is the console's, and may speak TLS."""
    encrypted = config is not None and tls(config)
    return _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # the peer is who connects: X-Forwarded-For is anybody's to write
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            limit_concurrency=None if config is None else _CONNECTIONS,
            ssl_certfile=config.console_certificate if config is not None and encrypted else None,
            ssl_keyfile=config.console_key if config is not None and encrypted else None,
        )
    )


@contextlib.contextmanager
def _console(config: CollectorConfig) -> Iterator[socket.socket]:
    host, port = address(config.console_listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            taken = f"console_listen {config.console_listen}: {error.strerror}"
            raise PortInUse(Trouble.LISTEN.both(taken=taken)) from error
        listener.listen(_BACKLOG)
        yield listener


@contextlib.contextmanager
def _local(paths: StatePaths) -> Iterator[socket.socket]:
    """Listen on the local socket; only the collector's own user may connect."""
    paths.api_socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        with short_address(paths.api_socket) as place:
            listener.bind(place)
        paths.api_socket.chmod(0o600)
        listener.listen(_BACKLOG)
        yield listener


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.Loop
