"""Syslog over TCP and TLS. Syslog has no answer, so what can be known is known: the other machine has the bytes.

The place moves when the other side's kernel has acknowledged all that was sent (nothing waits in the socket's queue).
What its program had not read when it ended is lost there, and nobody can tell; RELP is not spoken.
"""

from __future__ import annotations

import fcntl
import select
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Sequence

from tramgac_collector.config import address
from tramgac_collector.errors import SettingsError
from tramgac_collector.export import secrets
from tramgac_collector.export.destinations.base import Known, Line
from tramgac_collector.export.errors import Away
from tramgac_collector.export.settings import TcpTarget
from tramgac_collector.export.words import Exporting
from tramgac_collector.paths import StatePaths

_SIOCOUTQ = 0x5411
"""Bytes in the send queue that are not acknowledged, tcp(7)."""
_GLANCE_S = 0.002


class TcpDestination:
    """One connection, made when it is needed."""

    records = 500

    def __init__(
        self, paths: StatePaths, target: TcpTarget, *, octets: bool, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Remember the target; `octets`: each message behind its length (RFC 6587, 5425), else lines."""
        self._paths, self._target, self._octets, self._stopping = paths, target, octets, stopping
        self._connection: socket.socket | None = None

    def send(self, lines: Sequence[Line], known: Known) -> Known:
        """Send lines; return when the other machine has them. Raises Away."""
        try:
            connection = self._connected()
            connection.settimeout(self._target.timeout_s)
            connection.sendall(b"".join(map(self._framed, lines)))
            self._drained(connection)
        except (OSError, SettingsError) as error:
            self.close()
            why = error.what if isinstance(error, SettingsError) else _why(error)
            raise Away(Exporting.NO_ANSWER.both(server=self._target.target, why=why)) from None
        return known

    def reach(self) -> None:
        """Connect, and send nothing. Raises Away, SettingsError."""
        try:
            self._connected()
        except OSError as error:
            raise Away(Exporting.NO_ANSWER.both(server=self._target.target, why=_why(error))) from None

    def settled(self, known: Known, *, over: bool = False) -> Known:  # noqa: ARG002 - as all have it
        """See whether the other side is still there, so that the next lines are not its last."""
        if self._connection is not None and _ended(self._connection):
            self.close()
        return known

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _framed(self, line: Line) -> bytes:
        return b"%d %b" % (len(line.data), line.data) if self._octets else line.data + b"\n"

    def _connected(self) -> socket.socket:
        if self._connection is not None and _ended(self._connection):
            self.close()
        if self._connection is None:
            self._connection = self._made()
        return self._connection

    def _made(self) -> socket.socket:
        host, port = address(self._target.server)
        made = socket.create_connection((host, port), self._target.timeout_s)
        well = False
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._target.security == "tls":
                made = secrets.tls(self._paths, self._target).wrap_socket(made, server_hostname=host)
            well = True
        finally:
            if not well:
                made.close()
        return made

    def _drained(self, connection: socket.socket) -> None:
        """Wait until the other side's kernel has all. Raises OSError if it has not in time, or ended the connection."""
        if not sys.platform.startswith("linux"):
            return
        deadline = time.monotonic() + self._target.timeout_s
        pause = _GLANCE_S
        while waiting := struct.unpack("i", fcntl.ioctl(connection.fileno(), _SIOCOUTQ, bytes(4)))[0]:
            if time.monotonic() > deadline or self._stopping():
                raise TimeoutError(Exporting.SLOW.both(seconds=self._target.timeout_s).en)
            if waiting and _ended(connection):
                raise ConnectionResetError(Exporting.ENDED.both().en)
            time.sleep(pause)
            pause = min(2 * pause, 0.1)


def _ended(connection: socket.socket) -> bool:
    """Tell whether the other side ended the connection; what it says else is nothing to us."""
    if not select.select([connection], [], [], 0)[0] and not isinstance(connection, ssl.SSLSocket):
        return False
    connection.settimeout(0)
    try:
        while said := connection.recv(4_096):
            del said
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    return True


def _why(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
