"""The login manager (systemd-logind): it says when the machine is about to sleep, and waits for who asked it to.

https://systemd.io/INHIBITOR_LOCKS: a lock is a descriptor; closing it lets the machine sleep. Nothing here blocks, and
nothing fails: without a bus, or without a login manager on it, nothing is heard, and it is tried again.
"""

from __future__ import annotations

import array
import contextlib
import logging
import os
import socket
import sys
from typing import Final

from tramgac_agent.sleep.dbus import HEAD, REPLY, SIGNAL, BusError, Call, Incoming, call, length, read

_log = logging.getLogger(__name__)
AGAIN_NS: Final = 60_000_000_000
"""A bus that is not there, or went, is looked for again after this."""
_BUS: Final = "org.freedesktop.DBus"
_LOGIN: Final = "org.freedesktop.login1"
_MANAGER: Final = f"{_LOGIN}.Manager"
_HELLO: Final = Call(_BUS, "/org/freedesktop/DBus", _BUS, "Hello")
_MATCH: Final = Call(_BUS, "/org/freedesktop/DBus", _BUS, "AddMatch")
_INHIBIT: Final = Call(_LOGIN, "/org/freedesktop/login1", _MANAGER, "Inhibit")
_SLEEPS: Final = f"type='signal',sender='{_LOGIN}',interface='{_MANAGER}',member='PrepareForSleep'"
_OTHER: Final = f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{_LOGIN}'"
_READ: Final = 64 * 1024
_MOST_FDS: Final = 4
_RIGHTS: Final = (socket.SOL_SOCKET, getattr(socket, "SCM_RIGHTS", -1))


class Login:
    """One connection to the system's bus, made anew when it is lost.

    Args:
        address: The bus's socket; empty: nobody is asked.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._sock: socket.socket | None = None
        self._again = 0
        self._forget()

    def _forget(self) -> None:
        """What belonged to a connection."""
        self._greeted, self._buffer, self._fds = False, b"", list[int]()
        self._serial, self._asked, self._manager = 0, 0, ""
        self._lock: int | None = None

    @property
    def holds(self) -> bool:
        """The machine waits for us before it sleeps."""
        return self._lock is not None

    def fileno(self) -> int | None:
        """Readable when there is something to hear; None for nothing."""
        return self._sock.fileno() if self._sock else None

    def turn(self, now: int) -> bool | None:
        """The last that was said since the turn before: True, it is about to sleep; False, it is back; else None."""
        if self._sock is None:
            if not self._address or now < self._again:
                return None
            self._again = now + AGAIN_NS
            self._connect()
        word: bool | None = None
        try:
            while message := self._next():
                said = self._hear(message)
                word = word if said is None else said
        except (OSError, BusError) as error:
            _log.info("login manager: %s", error)
            self.close()
        return word

    def hold(self) -> None:
        """Ask to be waited for before the next sleep; nothing where we are already."""
        if self._sock and not self.holds:
            try:
                self._ask()
            except OSError:
                self.close()

    def let_go(self) -> None:
        """The machine need not wait any longer."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def close(self) -> None:
        """Let go and hang up."""
        self.let_go()
        for fd in self._fds:
            os.close(fd)
        if self._sock:
            self._sock.close()
        self._sock = None
        self._forget()

    def _connect(self) -> None:
        """All that is to be said goes out at once; the answers come in the same order."""
        if sys.platform == "win32":
            return
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        try:
            sock.connect(self._address)
            user = str(os.geteuid()).encode().hex()
            sock.sendall(f"\0AUTH EXTERNAL {user}\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n".encode())
            self._sock = sock
            for to, *texts in ((_HELLO,), (_MATCH, _SLEEPS), (_MATCH, _OTHER)):
                self._call(to, *texts)
            self._ask()
        except OSError as error:
            _log.debug("no login manager: %s", error)
            sock.close()
            self._sock = None

    def _call(self, to: Call, *texts: str) -> None:
        self._serial += 1
        if self._sock:
            self._sock.sendall(call(self._serial, to, *texts))

    def _ask(self) -> None:
        self._call(_INHIBIT, "sleep", "Tram Gac", "tells the collector that this machine sleeps", "delay")
        self._asked = self._serial

    def _next(self) -> Incoming | None:
        """The next message; None if there is none now. Raises OSError where nobody is there any more, BusError."""
        while self._sock:
            if self._take_greeting() and len(self._buffer) >= HEAD:
                size = length(self._buffer[:HEAD])
                if len(self._buffer) >= size:
                    message, self._buffer = self._buffer[:size], self._buffer[size:]
                    return read(message)
            try:
                self._receive()
            except BlockingIOError:
                return None
        return None

    def _receive(self) -> None:
        if self._sock is None or sys.platform == "win32":
            return
        data, extras, _, _ = self._sock.recvmsg(_READ, socket.CMSG_LEN(4 * _MOST_FDS), socket.MSG_CMSG_CLOEXEC)
        self._fds += [fd for level, kind, raw in extras if (level, kind) == _RIGHTS for fd in array.array("i", raw)]
        if not data:
            raise ConnectionResetError("the bus hung up")
        self._buffer += data

    def _take_greeting(self) -> bool:
        """Two lines come before the first message: whether they are through. Raises BusError."""
        if self._greeted:
            return True
        first, _, rest = self._buffer.partition(b"\r\n")
        second, end, rest = rest.partition(b"\r\n")
        if not end:
            return False
        if not first.startswith(b"OK ") or second != b"AGREE_UNIX_FD":
            raise BusError(f"the bus does not let us in: {first[:80]!r}, {second[:80]!r}")
        self._greeted, self._buffer = True, rest
        return True

    def _hear(self, message: Incoming) -> bool | None:
        """A signal can be sent to us by anybody: only the login manager's own is believed, the bus says whose it is."""
        fds, self._fds = self._fds[: message.fds], self._fds[message.fds :]
        if message.reply_to == self._asked and message.kind == REPLY and fds:
            self.let_go()
            self._lock, self._manager = fds.pop(), message.sender
        for fd in fds:
            os.close(fd)
        if message.kind != SIGNAL:
            return None
        if message.sender == _BUS and message.member == "NameOwnerChanged":
            self.let_go()
            with contextlib.suppress(OSError):
                self._ask()
        if message.member == "PrepareForSleep" and message.interface == _MANAGER and message.sender == self._manager:
            return message.flag
        return None
