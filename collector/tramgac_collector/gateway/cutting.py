"""Whoever is turned away loses its connection too.

gRPC ends calls, and leaves connections to the other end. Each takes 94 kB and a descriptor, and who comes again and
again could hold thousands. So the socket is looked for among the process's own, by the address of its other end, and
shut down: to gRPC that is a peer that went.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import socket
import time
from collections.abc import Callable, Collection, Coroutine, Iterator
from pathlib import Path

from tramgac_collector.logs import Counts

AFTER_S = 0.3
"""What was said last is on its way then, and the kernel sends it before the end."""
SHARE = 0.05
"""To look for them takes 10 us a descriptor of ours: of the time no more than this part."""
_DESCRIPTORS = Path("/proc/self/fd")
_Address = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


class Cutter:
    """Cuts connections a moment after they were named; on the event loop."""

    def __init__(self, counts: Counts, later: Callable[[Coroutine[None, None, None]], object]) -> None:
        """Take what counts, and what runs work beside the streams."""
        self._counts, self._later = counts, later
        self._due: dict[str, float] = {}
        """When each is cut, by its peer, seconds of the monotonic clock."""

    def cut(self, peer: str) -> None:
        """Cut the connection with this peer (`host:port`, `[host]:port`) soon."""
        if not self._due:
            self._later(self._work())
        self._due.setdefault(peer, time.monotonic() + AFTER_S)

    async def _work(self) -> None:
        took = 0.0
        while self._due:
            await asyncio.sleep(max(AFTER_S, took / SHARE))
            began = time.monotonic()
            peers = [peer for peer, due in self._due.items() if due <= began]
            try:
                self._counts.add("connections_cut", await asyncio.to_thread(shut_down, peers))
                for peer in peers:
                    del self._due[peer]
            except (OSError, RuntimeError):  # no descriptor, or no thread, to look with: again, when some are let go
                self._counts.add("connections_cut_failed")
            took = time.monotonic() - began


def shut_down(peers: Collection[str]) -> int:
    """Shut down this process's connections with these peers; how many there were. None where there is no /proc.

    Raises:
        OSError: no descriptor is left to look with.
    """
    wanted = {address for peer in peers if (address := _parsed(*_split(peer))) is not None}
    ports = {port for _, port in wanted}
    found = 0
    for descriptor in _DESCRIPTORS.iterdir() if wanted and _DESCRIPTORS.is_dir() else ():
        with _borrowed(int(descriptor.name)) as connection:
            if connection is None:
                continue
            host, port = _peer(connection)
            if port in ports and _parsed(host, port) in wanted:
                with contextlib.suppress(OSError):  # it went by itself
                    connection.shutdown(socket.SHUT_RDWR)
                    found += 1
    return found


@contextlib.contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket | None]:
    """Give the socket behind a descriptor, None if there is none.

    By a descriptor of our own, since the other may be closed, and its number another's, at any moment.
    """
    try:
        own = os.dup(descriptor)
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        yield None  # it was closed meanwhile
        return
    try:
        connection = socket.socket(fileno=own)
    except OSError:  # a file
        os.close(own)
        yield None
        return
    with connection:
        yield connection


def _peer(connection: socket.socket) -> tuple[str, int]:
    """Give the other end's address and port; ("", 0) for what is no connection over a network."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return "", 0
    try:
        host, port, *_ = connection.getpeername()
    except OSError:  # it listens, or its peer went
        return "", 0
    return host, port


def _split(peer: str) -> tuple[str, int]:
    host, _, port = peer.rpartition(":")
    return host.strip("[]"), int(port) if port.isdecimal() else 0


def _parsed(host: str, port: int) -> _Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # another kind of address: it stays
        return None
    return getattr(address, "ipv4_mapped", None) or address, port
