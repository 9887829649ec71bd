"""Canaries: the agent does something harmless that a sensor must see, and looks whether it was seen.

A process, a file, a connection on loopback. What it did is flagged OWN, checked here, and never sent.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from tramgac_agent.observations import CANARY_PREFIX, OWN, Connection, Exec, FileChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Sensor

WAIT_NS = 4_000_000_000
"""How long a canary may take to be seen: a polling rung looks once a second."""


class Canary:
    """One act for one capability. `begin`, then `look` at each drain until `ended`."""

    def __init__(self, capability: str) -> None:
        """Nothing is done yet."""
        self._capability = capability
        self._name = ""
        self._until = 0
        self._seen = False
        self._child: subprocess.Popen[bytes] | None = None
        self._sockets: list[socket.socket] = []
        self._ports: tuple[int, int] = (0, 0)
        self.running = False
        self.trouble = ""
        """Why the last act could not be done."""

    def begin(self, sensor: Sensor, now: int) -> None:
        """Do it; `now` in monotonic nanoseconds."""
        self._name = CANARY_PREFIX + secrets.token_hex(8)
        self._seen = False
        self._until = now + WAIT_NS
        self.running = True
        self.trouble = ""
        try:
            if self._capability == "process":
                self._begin_process()
            elif self._capability == "file":
                self._touch(sensor.canary_folder())
            else:
                self._connect()
        except OSError as error:
            self.trouble = f"the canary could not be let out: {error}"

    def _begin_process(self) -> None:
        """A shell that waits for the end of its input, so that it lives until it was seen."""
        shell = ["cmd", "/c", "set /p x=& rem"] if sys.platform == "win32" else ["/bin/sh", "-c", "read x"]
        self._child = subprocess.Popen(
            [*shell, self._name], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )

    def _touch(self, folder: str | None) -> None:
        if folder is None:
            raise OSError("there is no folder that is watched and may be written")
        path = os.path.join(folder, self._name)  # noqa: PTH118 - texts of any bytes
        fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        os.close(fd)
        os.unlink(path)  # noqa: PTH108 - as above

    def _connect(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sockets.append(listener)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sockets.append(client)
        client.settimeout(1)
        client.connect(listener.getsockname())
        self._ports = client.getsockname()[1], listener.getsockname()[1]

    def look(self, observations: Iterable[Observation]) -> None:
        """Is it among them?"""
        if self.running and not self._seen:
            self._seen = any(o.flags & OWN and self._is(o) for o in observations)

    def _is(self, o: Observation) -> bool:
        if isinstance(o, Exec):
            return self._name in o.command_line
        if isinstance(o, FileChange):
            return o.path.endswith(self._name)
        return isinstance(o, Connection) and (o.source_port, o.destination_port) == self._ports

    def ended(self, now: int) -> bool | None:
        """Seen or not; None while it may still be seen, or where none is out."""
        if not self.running or not (self._seen or self.trouble or now >= self._until):
            return None
        self.end()
        return self._seen

    def end(self) -> None:
        """Clean up. May be called at any time."""
        self.running = False
        for each in self._sockets:
            each.close()
        self._sockets.clear()
        if self._child is not None:
            assert self._child.stdin is not None
            with contextlib.suppress(OSError):
                self._child.stdin.close()
            try:
                self._child.wait(1)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait(1)
        self._child = None
