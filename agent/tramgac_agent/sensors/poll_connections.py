"""The last rung for connections, any system, no rights: two looks at the system, compared.

What lived shorter than the interval is not seen, nor is a connection that failed.
"""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING, NamedTuple

import psutil

from tramgac_agent.enrich import living
from tramgac_agent.observations import OWN, Connection
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.polling import Polling, in_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tramgac_agent.observations import Observation

_Key = tuple[object, ...]
"""Whose socket it is, and its two ends."""
_MADE = frozenset({psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT, psutil.CONN_FIN_WAIT1, psutil.CONN_FIN_WAIT2})


class _Socket(NamedTuple):
    """A TCP socket and whose it is."""

    pid: int
    local: tuple[str, int]
    remote: tuple[str, int]
    """("", 0) for a listener."""
    status: str


def _sockets(pids: Iterable[int] | None) -> Iterator[_Socket]:
    """Those of some processes; of all that may be seen if None."""
    if pids is None:
        for c in psutil.net_connections("tcp"):
            if c.laddr:
                yield _Socket(c.pid or 0, c.laddr[:2], c.raddr[:2] or ("", 0), c.status)
        return
    for pid in pids:
        try:
            own = psutil.Process(pid).net_connections("tcp")
        except psutil.Error:
            continue  # gone, or not ours to look at
        for p in own:
            yield _Socket(pid, p.laddr[:2], p.raddr[:2] or ("", 0), p.status)


def _packed(address: str) -> bytes:
    """4 or 16 bytes; IPv4 written as IPv6 is IPv4."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).packed


class PollConnections(Polling[dict[_Key, Connection]]):
    """Rung `poll` of the capability network."""

    capability = "network"

    def probe(self) -> Probe:
        """Look once."""
        try:
            self._look()
        except (OSError, psutil.Error) as error:
            return Probe(ok=False, reason=f"connections cannot be listed: {error}")
        return Probe(ok=True)

    def _look(self) -> dict[_Key, Connection]:
        """Established TCP connections by who and what."""
        pids = set(in_scope(self._scope, self._own)) | {self._own} if self._scope.processes_narrowed else None
        found = list(_sockets(pids))
        listening = {(s.pid, s.local[1]) for s in found if s.status == psutil.CONN_LISTEN}
        now = time.time_ns()
        return {
            s[:3]: self._connection(s, now, accepted=(s.pid, s.local[1]) in listening)
            for s in found
            if s.status in _MADE
        }

    def _connection(self, s: _Socket, now: int, *, accepted: bool) -> Connection:
        here, there = (_packed(s.local[0]), s.local[1]), (_packed(s.remote[0]), s.remote[1])
        if accepted:
            here, there = there, here
        start = living.start(s.pid) if s.pid else 0
        flags = OWN if s.pid == self._own else 0
        return Connection(now, s.pid, start, not accepted, *here, *there, established=True, flags=flags)

    def _compare(self, before: dict[_Key, Connection], after: dict[_Key, Connection]) -> list[Observation]:
        """Connections that are new."""
        return [connection for key, connection in after.items() if key not in before]
