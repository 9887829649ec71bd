"""A balancer for TCP, as before several gateways: connections go to the backends in turn, past those that are down.

Not a lane itself: cluster.py starts it.
"""

import asyncio
import contextlib
import threading
from collections.abc import Sequence


class Balancer:
    """Listens on loopback, in a thread of its own."""

    def __init__(self, backends: Sequence[int], port: int = 0) -> None:
        """Begin to serve; `backends` are ports on loopback."""
        self._backends, self._turn = list(backends), 0
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", port))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = await self._connect()
        if backend is None:
            writer.close()
            return
        self._open |= {writer, backend[1]}
        there, back = (self._pass(reader, backend[1]), self._pass(backend[0], writer))
        await asyncio.gather(there, back)
        self._open -= {writer, backend[1]}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._backends:
            self._turn += 1
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._backends[self._turn % len(self._backends)])
        return None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes; where one side ends the other is ended too."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    def stop(self) -> None:
        """End it and all connections."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def _end(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        self._loop.call_later(0.1, self._loop.stop)  # once those who serve them have ended
