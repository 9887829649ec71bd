"""The socket between the two parts of the agent: `run/sensor.sock` (AF_UNIX, SOCK_SEQPACKET).

One packet is one message of packets.py, at most 128 kB (what people chose for 8,000 rules takes 96); a sample's
descriptor rides along (SCM_RIGHTS). An offender is cut off and counted. Only root, the sensor's own user and the
uplink's user may connect (SO_PEERCRED, unix(7)).
Windows has no such socket in Python: both ends are untested there and refuse with a sentence when opened.
"""

from __future__ import annotations

import array
import os
import select
import socket
import struct
import sys
from typing import TYPE_CHECKING

from tramgac_wire.address import short_address

from tramgac_agent.errors import LocalError
from tramgac_agent.packets import FROM_SENSOR, FROM_UPLINK, Message, Sample, decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_PACKET = 128 * 1024
MAX_TURN = 256
_RIGHTS = (socket.SOL_SOCKET, getattr(socket, "SCM_RIGHTS", -1))


def _socket() -> socket.socket:
    if sys.platform == "win32":
        message = "the agent's two parts cannot talk on Windows yet: no AF_UNIX sequenced packets in Python there"
        raise LocalError(message)
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)


class Pipe:
    """One connection: packets in and out, never blocking."""

    def __init__(self, sock: socket.socket, allowed: tuple[type[Message], ...]) -> None:
        """Take over a connected socket; only `allowed` kinds may come in."""
        self._sock = sock
        self._allowed = allowed

    def fileno(self) -> int:
        """For a selector or a loop."""
        return self._sock.fileno()

    def send(self, message: Message) -> None:
        """Send, with the descriptor of a Sample.

        Raises:
            BlockingIOError: the other side does not read; OSError: it is gone.
        """
        packet = encode(message)
        if isinstance(message, Sample) and sys.platform != "win32":
            socket.send_fds(self._sock, [packet], [message.fd])
        else:
            self._sock.send(packet)

    def receive(self) -> Message | None:
        """The next message; None if there is none now.

        Raises:
            EOFError: the other side is gone; LocalError: it broke the protocol.
        """
        if sys.platform == "win32":
            return None
        try:
            # Not socket.recv_fds: it forgets the flags, and a child must not inherit a sample.
            packet, extras, flags, _ = self._sock.recvmsg(MAX_PACKET, socket.CMSG_LEN(4), socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return None
        except ConnectionError as error:
            raise EOFError from error
        fds = [fd for level, kind, data in extras if (level, kind) == _RIGHTS for fd in array.array("i", data)]
        if not packet:
            _close(fds)
            raise EOFError
        return self._checked(packet, fds, flags)

    def _checked(self, packet: bytes, fds: Sequence[int], flags: int) -> Message:
        """Decode; descriptors that do not belong are closed."""
        keep = False
        try:
            if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
                raise LocalError(f"packet above {MAX_PACKET} bytes or with more than one descriptor")
            message = decode(packet, fds[0] if fds else -1)
            if not isinstance(message, self._allowed):
                raise LocalError(f"{type(message).__name__} from the wrong side")
            if isinstance(message, Sample) and not fds:
                raise LocalError("Sample without a descriptor")
            keep = isinstance(message, Sample)
            return message
        finally:
            if not keep:
                _close(fds)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)


class SensorEnd:
    """The sensor's side: listens, keeps one uplink at a time (a new one takes the place of the old), never blocks."""

    def __init__(self, path: Path, *, users: frozenset[int] = frozenset()) -> None:
        """Bind; `users` may connect besides root and our own user."""
        self._path = path
        self._users = users
        self._pipe: Pipe | None = None
        self.offences = 0
        self._listener = _socket()
        path.unlink(missing_ok=True)
        with short_address(path) as address:
            self._listener.bind(address)
        # Who may connect is decided by SO_PEERCRED; the mode only has to let the uplink's user through.
        path.chmod(0o666 if users else 0o600)
        self._listener.listen(4)

    @property
    def connected(self) -> bool:
        """An uplink is there."""
        return self._pipe is not None

    def filenos(self) -> tuple[int, ...]:
        """Descriptors that become readable when there is something to do."""
        return (self._listener.fileno(), *((self._pipe.fileno(),) if self._pipe else ()))

    def receive(self) -> tuple[list[Message], bool]:
        """What came in since the last call (bounded), and whether a new uplink connected."""
        fresh = self._accept()
        messages: list[Message] = []
        while self._pipe and len(messages) < MAX_TURN:
            try:
                message = self._pipe.receive()
            except EOFError:
                self._drop()
                break
            except LocalError:
                self.offences += 1
                self._drop()
                break
            if message is None:
                break
            messages.append(message)
        return messages, fresh

    def send(self, message: Message) -> bool:
        """False where no uplink takes it now. A Sample's descriptor stays the caller's."""
        if not self._pipe:
            return False
        try:
            self._pipe.send(message)
        except BlockingIOError:
            return False
        except OSError:
            self._drop()
            return False
        return True

    def close(self) -> None:
        """Close and take the socket's name away."""
        self._drop()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> bool:
        fresh = False
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return fresh
            sock.setblocking(False)
            if not self._welcome(sock):
                self.offences += 1
                sock.close()
                continue
            self._drop()
            self._pipe = Pipe(sock, FROM_UPLINK)
            fresh = True

    def _welcome(self, sock: socket.socket) -> bool:
        """The peer's user, from the kernel."""
        if sys.platform == "win32":
            return False
        credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, uid, _ = struct.unpack("3i", credentials)
        return uid in {0, os.geteuid()} or uid in self._users

    def _drop(self) -> None:
        if self._pipe:
            self._pipe.close()
            self._pipe = None


def connect(path: Path) -> Pipe:
    """The uplink's side.

    Raises:
        OSError: no sensor process listens there.
    """
    sock = _socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * MAX_PACKET)  # whatever the host's default is
    try:
        with short_address(path) as address:
            sock.connect(address)
    except OSError:
        sock.close()
        raise
    return Pipe(sock, FROM_SENSOR)


def wait(filenos: Sequence[int], seconds: float) -> None:
    """Sleep until one of the descriptors is readable, or so long."""
    if sys.platform == "win32":
        return
    poll = select.poll()
    for fileno in filenos:
        poll.register(fileno, select.POLLIN)
    poll.poll(seconds * 1000)
