"""Syslog: a message of RFC 5424 for each notice, by UDP (RFC 5426), TCP (RFC 6587, counted) or TLS (RFC 5425).

Syslog has no acknowledgement: what the network took counts as told.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from tramgac_proto.names import time_text

from tramgac_collector.cli.terminal import shorten
from tramgac_collector.config import address
from tramgac_collector.export.formats.syslog import BOM, DOCUMENTATION, escape, severity
from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.message import Message, alert
from tramgac_collector.notify.queue import Notice
from tramgac_collector.notify.senders.base import broke, dialled, resolved, tls
from tramgac_collector.notify.settings import SyslogChannel, authorities
from tramgac_collector.notify.words import Notify
from tramgac_collector.paths import StatePaths

UDP_BYTES: Final = 2_048
"""What every receiver by UDP should take (RFC 5426, 3.2)."""
TEXT: Final = 800
END_S: Final = 2.0
_NOT_NAME: Final = re.compile(r"[^!-~]")
_TOLD: Final = ("id", "rule", "title", "host", "hostname", "site", "user", "summary", "stage")


class SyslogSender:
    """A syslog channel's sender."""

    def __init__(self, paths: StatePaths, channel: SyslogChannel, clock: Callable[[], int] = time.time_ns) -> None:
        """Remember the channel; `clock` in nanoseconds since 1970."""
        self._paths, self._channel, self._clock = paths, channel, clock

    def send(self, message: Message) -> None:
        """Write one message a notice. Raises Undelivered."""
        host, port = address(self._channel.server)
        lines = list(encoded(message, self._channel.facility, self._clock()))
        try:
            if self._channel.transport == "udp":
                _datagrams(host, port, lines)
                return
            secure = tls(authorities(self._paths, self._channel.ca_file)) if self._channel.transport == "tls" else None
            with dialled(host, port, self._channel.timeout_s, secure=secure) as connection:
                connection.sendall(b"".join(b"%d %b" % (len(line), line) for line in lines))
                _end(connection)
        except OSError as error:
            raise broke(host, port, error) from None


def _end(connection: socket.socket) -> None:
    """Say that nothing more comes, and give the other side a moment to say that it went away; raises OSError then."""
    connection.settimeout(END_S)
    with suppress(TimeoutError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        if isinstance(connection, ssl.SSLSocket):
            connection.unwrap()
        else:
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


def _datagrams(host: str, port: int, lines: list[bytes]) -> None:
    family, where = resolved(host, port, near=True, kind=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as outgoing:
        for line in lines:
            try:
                outgoing.sendto(line if len(line) <= UDP_BYTES else cut(line), where)
            except OSError as error:
                raise Undelivered(Notify.NO_ANSWER.both(host=host, port=port, why=error.strerror)) from None


def encoded(message: Message, facility: int, now: int) -> Iterator[bytes]:
    """Give a message of RFC 5424 for each notice; `now` in nanoseconds since 1970."""
    if not message.notices:
        yield _line(facility, message.level, now, "-", "test", "-", message.subject)
        return
    for notice, line in zip(message.notices, message.lines, strict=True):
        host = _NOT_NAME.sub("?", notice.shown[0].hostname or notice.shown[0].host)[:255] or "-"
        yield _line(facility, notice.level, notice.last, host, "notice", _data(message, notice), line)


def _line(facility: int, level: str, at: int, host: str, kind: str, data: str, text: str) -> bytes:
    head = f"<{8 * facility + severity(level)}>1 {time_text(at - at % 1_000)} {host} tramgac - {kind} {data} "
    return (head + BOM + shorten(text, TEXT)).encode("utf-8", "backslashreplace")


def _data(message: Message, notice: Notice) -> str:
    told = {"message": message.id, "level": notice.level, "count": str(notice.count)}
    first = alert(notice.shown[0])
    told |= {name: str(first[name]) for name in _TOLD if first[name]}
    params = "".join(f' {name}="{escape(value)}"' for name, value in told.items())
    return f"[notice@{DOCUMENTATION}{params}]"


def cut(line: bytes) -> bytes:
    """Shorten a message to what goes by UDP: the structured data whole or not at all, no letter in two."""
    head, _, rest = line.partition(b" [")
    text = rest[rest.rfind(b"] " + BOM.encode()) + 1 :]
    return (head + b" -" + text)[:UDP_BYTES].decode("utf-8", "ignore").encode()
