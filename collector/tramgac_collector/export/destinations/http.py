"""Lines by HTTPS POST, newline-delimited JSON or whatever the format has; taken is what was answered with 2xx."""

from __future__ import annotations

import email.utils
import http.client
import json
import ssl
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tramgac_collector.errors import SettingsError
from tramgac_collector.export import secrets
from tramgac_collector.export.destinations.base import Known, Line
from tramgac_collector.export.errors import Away, Refused
from tramgac_collector.export.settings import HttpTarget
from tramgac_collector.export.values import PRODUCT, VERSION, one_line
from tramgac_collector.export.words import Exporting
from tramgac_collector.paths import StatePaths

_ANSWER = 8 << 20
"""So much of an answer is read, bytes: _bulk says something of every document."""
_SAID = 200
_DATA = frozenset((HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY))
"""What blames what was sent: it is brought in smaller parts, down to the one that is at fault."""
_RIGHTS = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND))
_THERE = HTTPStatus.CONFLICT
"""_bulk's word for a document that it has already."""


class HttpDestination:
    """One address; its connection is kept."""

    def __init__(self, paths: StatePaths, target: HttpTarget, clock: Callable[[], float] = time.time) -> None:
        """Remember the target; `clock` in seconds since 1970."""
        self._paths, self._target, self._clock = paths, target, clock
        self._url = urlsplit(target.url)
        self._connection: http.client.HTTPConnection | None = None
        self.records = target.records

    def send(self, lines: Sequence[Line], known: Known) -> Known:
        """Post lines. Raises Away, or Refused where the answer blames them."""
        body = b"".join(self._action(line) + line.data + b"\n" for line in lines)
        try:
            status, headers, said = self._asked(body)
        except (OSError, http.client.HTTPException, SettingsError) as error:
            self.close()
            why = error.what if isinstance(error, SettingsError) else str(error) or type(error).__name__
            raise Away(Exporting.NO_ANSWER.both(server=self._target.target, why=why)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refusal(status, headers, said)
        if self._target.index:
            self._account(said)
        return known

    def settled(self, known: Known, *, over: bool = False) -> Known:  # noqa: ARG002 - as all have it
        """Nothing comes after."""
        return known

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _asked(self, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        kept = self._connection is not None
        try:
            return self._ask(body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if not kept:
                raise
            return self._ask(body)  # a kept connection that the other side had ended meanwhile

    def _ask(self, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        if self._connection is None:
            self._connection = self._opened()
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        self._connection.request("POST", path, body, self._headers())
        answer = self._connection.getresponse()
        said = answer.read(_ANSWER)
        if answer.will_close or not answer.isclosed():
            self.close()
        return answer.status, answer.headers, said

    def _opened(self) -> http.client.HTTPConnection:
        host, port, patience = self._url.hostname or "", self._url.port, self._target.timeout_s
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=patience)
        context: ssl.SSLContext = secrets.tls(self._paths, self._target)
        return http.client.HTTPSConnection(host, port, timeout=patience, context=context)

    def _headers(self) -> dict[str, str]:
        target = self._target
        json_lines = target.format in ("ecs", "ocsf")
        headers = {"Content-Type": "application/x-ndjson" if json_lines else "text/plain; charset=utf-8"}
        headers["User-Agent"] = f"{PRODUCT}/{VERSION}"
        if target.token_file:
            headers["Authorization"] = f"{target.scheme} {secrets.token(self._paths, target.token_file)}"
        return headers

    def _action(self, line: Line) -> bytes:
        """Return _bulk's line before a document: `create`, so that one told twice is there once."""
        if not self._target.index:
            return b""
        return msgspec.json.encode({"create": {"_index": self._target.index, "_id": line.id}}) + b"\n"

    def _refusal(self, status: int, headers: http.client.HTTPMessage, said: bytes) -> Away | Refused:
        shown = one_line(said[:_SAID].decode("utf-8", "replace"))
        word = Exporting.STATUS_RIGHTS if status in _RIGHTS else Exporting.STATUS
        what = word.both(server=self._target.target, status=status, said=shown)
        return Refused(what) if status in _DATA else Away(what, self._retry_after(headers.get("Retry-After", "")))

    def _retry_after(self, said: str) -> float | None:
        """Return what Retry-After asks for: seconds, or until a date (RFC 9110, 10.2.3)."""
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - self._clock())
        except (ValueError, TypeError):
            return None

    def _account(self, said: bytes) -> None:
        """Read what _bulk says of each document. Raises Away for what may go well later, Refused for the rest."""
        try:
            told = json.loads(said)
            results = [next(iter(item.values())) for item in told["items"]] if told["errors"] else []
            bad = [(place, each) for place, each in enumerate(results) if not _taken(each["status"])]
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
            raise Away(Exporting.NO_ACCOUNT.both(server=self._target.target)) from None
        if not bad:
            return
        later = [each for _, each in bad if each["status"] not in _DATA]
        first: Any = (later or [each for _, each in bad])[0]
        shown = one_line(json.dumps(first.get("error"))[:_SAID])
        what = Exporting.STATUS.both(server=self._target.target, status=first["status"], said=shown)
        raise Away(what) if later else Refused(what, tuple(place for place, _ in bad))


def _taken(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or status == _THERE
