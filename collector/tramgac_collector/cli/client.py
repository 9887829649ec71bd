"""Speaks to a collector on this machine: HTTP over `run/api.sock` with the credential beside it."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from tramgac_wire.address import short_address

from tramgac_collector import ready
from tramgac_collector.cli.errors import Absent, Failed
from tramgac_collector.cli.refusals import refusal
from tramgac_collector.cli.words import Word, say
from tramgac_collector.paths import StatePaths

INSTALLED: Final = Path("/var/lib/tramgac")
_TIMEOUT_S: Final = 120.0


def state_directory(given: Path | None) -> Path:
    """Give the collector's state directory: `--state`, else TRAMGAC_STATE, else the installed service's."""
    return (given or Path(os.environ.get("TRAMGAC_STATE") or INSTALLED)).absolute()


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        """Remember the socket's path; connects with the first request."""
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        """Connect, however deep the socket's folder is."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        with short_address(self._path) as address:
            self.sock.connect(address)


class Client:
    """The API of the collector at one state directory."""

    def __init__(self, state: Path) -> None:
        """Speak to the collector at this state directory."""
        self.state = state
        self._run = state / "run"

    def get(self, path: str, **query: object) -> Any:
        """Ask for a JSON document."""
        with self._ask("GET", path, query) as response:
            return json.loads(response.read())

    def text(self, path: str) -> str:
        """Ask for a text."""
        with self._ask("GET", path, {}) as response:
            return response.read().decode()

    def lines(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """Ask for JSON lines; gives them as they come. Raises Failed if the answer breaks off."""
        return self._lines("GET", path, query, None)

    def followed(self, path: str, body: bytes, **query: object) -> Iterator[dict[str, Any]]:
        """Have something done that tells JSON lines while it is; gives them as they come. Raises Failed as `lines`."""
        return self._lines("POST", path, query, body)

    def _lines(
        self, method: str, path: str, query: Mapping[str, object], body: bytes | None
    ) -> Iterator[dict[str, Any]]:
        with self._ask(method, path, query, body) as response:
            for line in response:
                row = json.loads(line)
                if "error" in row and "params" in row:
                    why = row["params"].get("reason", row["error"])
                    raise Failed(say(Word.BROKEN_ANSWER, state=self.state, why=why))
                yield row

    def send(self, path: str, body: Mapping[str, object] | bytes, method: str = "POST") -> Any:
        """Change something; gives the JSON answer, None if there is none. Bytes travel as they are."""
        with self._ask(method, path, {}, body) as response:
            content = response.read()
        return json.loads(content) if content else None

    @contextmanager
    def _ask(
        self, method: str, path: str, query: Mapping[str, object], body: Mapping[str, object] | bytes | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = Connection(self._run / "api.sock")
        try:
            response = self._response(connection, method, _target(path, query), body)
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise refusal(response.status, response.read(), path, self.state)
            yield response
        except (http.client.HTTPException, json.JSONDecodeError, OSError) as error:
            raise Failed(say(Word.BROKEN_ANSWER, state=self.state, why=str(error) or type(error).__name__)) from error
        finally:
            connection.close()

    def _response(
        self, connection: Connection, method: str, target: str, body: Mapping[str, object] | bytes | None
    ) -> http.client.HTTPResponse:
        payload = json.dumps(body).encode() if isinstance(body, Mapping) else body
        kind = "application/json" if isinstance(body, Mapping) else "application/octet-stream"
        try:
            headers = {"Authorization": f"Bearer {(self._run / 'credential').read_text().strip()}"}
            if payload is not None:
                headers["Content-Type"] = kind
            connection.request(method, target, payload, headers)
        except PermissionError as error:
            raise Failed(say(Word.NOT_ALLOWED, path=self._run)) from error
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
            raise Absent(say(self._absence(), state=self.state)) from error
        return connection.getresponse()

    def _absence(self) -> Word:
        """Tell why nobody answers at the state directory."""
        if not self.state.is_dir():
            return Word.NO_STATE
        return Word.STARTING_OR_ENDING if ready.held(StatePaths(self.state)) else Word.NO_COLLECTOR


def _target(path: str, query: Mapping[str, object]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return quote(path) + (f"?{urlencode(given)}" if given else "")
