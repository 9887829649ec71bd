"""Whoever is turned away loses its connection too.

gRPC ends calls, and leaves connections to the other end. Each takes 94 kB and a descriptor, and who comes again and
again could hold thousands. So the socket is looked for among the process's own, by the address of its other end, and
shut down: to gRPC that is a peer that went.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import Any

from tramgac_collector.logs import Counts

AFTER_S = 1.0
"""What was said last is to arrive before. Those of this time are looked for together: it takes 20 us a descriptor."""
_DESCRIPTORS = Path("/proc/self/fd")
_Address = tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]


class Cutter:
    """Cuts connections a moment after they were named; on the event loop."""

    def __init__(self, counts: Counts, later: Callable[[Coroutine[None, None, None]], None]) -> None:
        """Take what counts, and what runs work beside the streams."""
        self._counts, self._later = counts, later
        self._peers: set[str] = set()

    def cut(self, peer: str) -> None:
        """Cut the connection with this peer (`host:port`, `[host]:port`) soon."""
        if not self._peers:
            self._later(self._cut_all())
        self._peers.add(peer)

    async def _cut_all(self) -> None:
        await asyncio.sleep(AFTER_S)
        peers, self._peers = self._peers, set()
        self._counts.add("connections_cut", await asyncio.to_thread(shut_down, peers))


def shut_down(peers: Collection[str]) -> int:
    """Shut down this process's connections with these peers; how many there were. None where there is no /proc."""
    wanted = {address: peer for peer in peers if (address := _parsed(*_split(peer))) is not None}
    ports = {port for _, port in wanted}
    found = 0
    for descriptor in _DESCRIPTORS.iterdir() if _DESCRIPTORS.is_dir() else ():
        with contextlib.suppress(OSError), _borrowed(int(descriptor.name)) as connection:
            host, port, *_ = _peer(connection)
            if port in ports and _parsed(host, port) in wanted:
                connection.shutdown(socket.SHUT_RDWR)
                found += 1
    return found


def _borrowed(descriptor: int) -> socket.socket:
    """Give the socket behind a descriptor, or raise OSError.

    By a descriptor of our own, since the other may be closed, and its number another's, at any moment.
    """
    own = os.dup(descriptor)
    try:
        return socket.socket(fileno=own)
    except OSError:
        os.close(own)
        raise


def _peer(connection: socket.socket) -> tuple[Any, ...]:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        raise OSError("no connection over a network")
    return tuple(connection.getpeername())


def _split(peer: str) -> tuple[str, int]:
    host, _, port = peer.rpartition(":")
    return host.strip("[]"), int(port) if port.isdecimal() else 0


def _parsed(host: str, port: int) -> _Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # another kind of address: it stays
        return None
    return getattr(address, "ipv4_mapped", None) or address, port
