"""What the streams of a fleet take on the line, as the kernel counts it. Not a lane itself."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

HEADERS, SEGMENT = 52, 1_448
"""Bytes of IPv4 and of TCP with time stamps in front of so many of a segment on Ethernet."""
RECORD, PING = 22, 17
"""Bytes that TLS 1.3 puts around what it carries, and of a PING of HTTP/2."""
KEEPALIVE = 2 * (HEADERS + RECORD + PING) + HEADERS
"""One end asks, the other one answers, and TCP acknowledges the answer."""


@dataclass
class Road:
    """The connections of a gateway's port. Looked at now and then: what ended in between keeps what it had."""

    port: str
    _carried: dict[str, int] = field(default_factory=dict)

    def look(self) -> None:
        """Take note of what each has carried so far."""
        for peer, size in self._seen():
            self._carried[peer] = max(size, self._carried.get(peer, 0))

    def beside(self, messages: int, size: int) -> float:
        """Bytes that each of so many messages of `size` bytes together cost beside itself: all others of both ways."""
        return (sum(self._carried.values()) - size) / messages

    def _seen(self) -> Iterator[tuple[str, int]]:
        """Each connection's other end, and its bytes, both ways, with headers of IP and TCP."""
        told = subprocess.run(
            ["ss", "-tinHO", "state", "established", f"( sport = :{self.port} )"],
            check=True,
            capture_output=True,
            text=True,
        )
        for line in told.stdout.splitlines():
            words = dict(word.split(":", 1) for word in line.split()[4:] if ":" in word)
            total = 0
            for payload, segments in (("bytes_sent", "segs_out"), ("bytes_received", "segs_in")):
                size = int(words.get(payload, 0))
                total += size + HEADERS * max(int(words.get(segments, 0)), -(-size // SEGMENT))
            yield line.split()[3], total
