"""A collector's console without a collector: the built page under the real policy, and the API out of a seed.

Tests steer it: `publish` sends an event to the open streams, `fail` makes the next requests of a path fail,
`cut_streams` is a broken connection; `reports`, `writes` and `resumed` are what the page did.
"""

from __future__ import annotations

import itertools
import json
import mimetypes
import queue
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.dashboard import seed, seed_exceptions

if TYPE_CHECKING:
    from pathlib import Path

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /api/csp-report"
)
ONCE = "one-time-token"
SESSION = "here"
"""What the cookie of whoever is signed in says."""
PASSWORD = "mật khẩu đúng"
_PERMISSIONS = ("self", "alerts.read", "alerts.decide", "hosts.read", "rules.read", "exceptions.manage")


@dataclass
class Console:
    """The state behind the API, shared by all requests of one test."""

    static: Path
    rows: dict[str, seed.Json] = field(default_factory=dict)
    hosts: list[seed.Json] = field(default_factory=seed.hosts)
    hindrances: list[seed.Json] = field(default_factory=list)
    exceptions: dict[int, seed.Json] = field(default_factory=seed_exceptions.exceptions)
    notes: dict[str, list[seed.Json]] = field(default_factory=dict)
    history: dict[str, list[seed.Json]] = field(default_factory=dict)
    permissions: tuple[str, ...] = _PERMISSIONS
    sessions: set[str] = field(default_factory=set)
    reports: list[Any] = field(default_factory=list)
    writes: list[tuple[str, Any]] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    failing: dict[str, tuple[int, str, dict[str, str]]] = field(default_factory=dict)
    streams: list[queue.Queue[bytes | None]] = field(default_factory=list)
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, topic: str, payload: seed.Json) -> None:
        """Send an event to every open stream, and keep it for those that resume."""
        with self.lock:
            number = next(self.numbers)
            frame = f"id: {number}\nevent: {topic}\ndata: {json.dumps(payload)}\n\n".encode()
            self.sent.append((number, frame))
            for stream in self.streams:
                stream.put(frame)

    def raise_alert(self, row: seed.Json) -> None:
        """Add an alert as the judge would."""
        self.rows = {row["id"]: row, **self.rows}
        self.publish("alert", row)

    def cut_streams(self) -> None:
        """End every open stream."""
        with self.lock:
            for stream in self.streams:
                stream.put(None)

    def written(self, count: int, seconds: float = 10) -> list[tuple[str, Any]]:
        """Return the first writes once they have come: the page shows a verdict before it is saved."""
        deadline = time.monotonic() + seconds
        while len(self.writes) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.writes[:count]

    def fail(self, path: str, status: int = 503, code: str = "unavailable", **params: str) -> None:
        """Make requests whose path begins with `path` fail until `failing` is cleared."""
        self.failing[path] = (status, code, params)


class FixtureServer:
    """The console on a port of its own; a context manager."""

    def __init__(self, static: Path, alerts: int = 50) -> None:
        """Bind to loopback; the page is served out of `static`."""
        self.console = Console(static, rows={row["id"]: row for row in map(seed.alert, range(alerts))})
        handler = type("Handler", (_Handler,), {"console": self.console})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self.console.cut_streams()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # browsers end connections as they please
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    console: ClassVar[Console]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not url.path.startswith("/api/"):
            self._file(url.path)
        elif self._failed(url.path):
            return
        elif url.path == "/api/visitor":
            self._json(self._session() if self._known() else {"user": None, "permissions": []})
        elif self._signed_in():
            self._get(url.path.removeprefix("/api/"), {name: each[0] for name, each in parse_qs(url.query).items()})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or b"null")
        if path == "/api/csp-report":
            self.console.reports.append(body)
            self._answer(HTTPStatus.NO_CONTENT)
        elif self._failed(path):
            return
        elif path == "/api/login":
            self._login(body)
        elif self._signed_in():
            if not path.endswith("/try"):
                self.console.writes.append((path, body))
            self._post(path.removeprefix("/api/"), body)

    def _get(self, path: str, query: dict[str, str]) -> None:
        match path.split("/"):
            case ["alerts"]:
                self._alerts(query)
            case ["alerts", number] if row := self.console.rows.get(unquote(number)):
                console = self.console
                self._json(seed.detail(row, console.notes.get(number, []), console.history.get(number, [])))
            case ["alerts", number, "tree"] if row := self.console.rows.get(unquote(number)):
                self._json({"nodes": seed.tree(row)})
            case ["hosts"]:
                self._json({"items": self.console.hosts})
            case ["hosts", number] if host := next((one for one in self.console.hosts if one["id"] == number), None):
                self._json(host)
            case ["exceptions"]:
                self._json({"items": list(self.console.exceptions.values())})
            case ["exceptions", number] if row := self.console.exceptions.get(int(number)):
                self._json(seed_exceptions.detail(row))
            case ["hindrances"]:
                self._json({"items": self.console.hindrances})
            case ["stream"]:
                self._stream()
            case _:
                self._error(404, "not_found")

    def _wanted(self, query: dict[str, str]) -> list[seed.Json]:
        levels, host, rule, until = (query.get(name, "") for name in ("severity", "host", "rule", "until"))
        return [
            row
            for row in self.console.rows.values()
            if query.get("status", "all") in ("all", row["status"])
            and (not levels or row["level"] in levels.split(","))
            and host in ("", row["host"], row["hostname"])
            and rule in ("", row["rule"])
            and (not until or row["created"] <= until)
        ]

    def _alerts(self, query: dict[str, str]) -> None:
        wanted = self._wanted(query)
        start, limit = int(query.get("cursor", "0")), int(query.get("limit", "100"))
        more = str(start + limit) if start + limit < len(wanted) else None
        self._json(
            {"items": wanted[start : start + limit], "next": more, "total": len(wanted), "time": seed.text_of(seed.NOW)}
        )

    def _post(self, path: str, body: Any) -> None:
        match path.split("/"):
            case ["exceptions", *steps]:
                self._except(steps, body)
                return
            case ["alerts", "verdict"]:
                self._decide_some({**body, "status": "open"})
                return
            case ["alerts", "verdict", "undo"]:
                self._reopen_some(body)
                return
            case ["alerts", number, "verdict"]:
                if body["version"] != self.console.rows[number]["version"]:
                    self._error(409, "conflict")
                    return
                self._decide(number, "decided", "closed", body["verdict"])
                if body["note"]:
                    self._note(number, body["note"])
            case ["alerts", number, "reopen"]:
                self._decide(number, "reopened", "open", None)
            case ["alerts", number, "notes"]:
                self._note(number, body["text"])
            case _:
                self.console.sessions.clear()
                self._answer(HTTPStatus.NO_CONTENT)
                return
        self._json(self.console.rows[number])

    def _decide(self, number: str, action: str, status: str, verdict: str | None) -> None:
        row = self.console.rows[number]
        self.console.rows[number] = {**row, "status": status, "verdict": verdict, "version": row["version"] + 1}
        step = {"by": "an", "time": seed.text_of(seed.NOW), "action": action, "verdict": verdict}
        self.console.history.setdefault(number, []).append(step)
        self.console.publish("alert_changed", self.console.rows[number])

    def _decide_some(self, body: dict[str, str]) -> None:
        wanted = self._wanted(body)
        self._close([row["id"] for row in wanted], body)

    def _close(self, numbers: list[str], body: dict[str, str]) -> None:
        for number in numbers[:20]:
            self._decide(number, "decided", "closed", body["verdict"])
        after = len(self.console.closed)
        self.console.closed += numbers[:20]
        undo = {"after": after, "until": len(self.console.closed)}
        self._json({"decided": len(numbers[:20]), "left": len(numbers[20:]), "changed": 0, "undo": undo})

    def _reopen_some(self, body: dict[str, Any]) -> None:
        rows = [self.console.rows[number] for number in self.console.closed[body["after"] : body["until"]]]
        closed = [row["id"] for row in rows if row["status"] == "closed"]
        ours = [number for number in closed if self.console.rows[number]["verdict"] == body["verdict"]]
        for number in ours[:20]:
            self._decide(number, "reopened", "open", None)
        self._json({"reopened": len(ours[:20]), "left": len(ours[20:]), "changed": len(closed) - len(ours)})

    def _except(self, steps: list[str], body: Any) -> None:
        known = self.console.exceptions
        match steps:
            case ["try"]:
                self._json(seed_exceptions.tried(self.console.rows, body))
                return
            case []:
                made = seed_exceptions.stated(max(known, default=0) + 1, body)
            case [number, "close"]:
                self._close(seed_exceptions.tried(self.console.rows, known[int(number)])["fitting"], body)
                return
            case [number, "prolong"]:
                made = seed_exceptions.prolonged(known[int(number)], body)
            case [number, _]:
                made = seed_exceptions.ended(known[int(number)], body)
        self.console.exceptions = {made["id"]: made, **{each: row for each, row in known.items() if each != made["id"]}}
        self._json(made)

    def _note(self, number: str, text: str) -> None:
        note = {"by": "an", "time": seed.text_of(seed.NOW), "text": text}
        self.console.notes.setdefault(number, []).append(note)

    def _login(self, body: dict[str, str]) -> None:
        if body.get("once") != ONCE and body.get("password") != PASSWORD:
            self._error(401, "login_refused")
            return
        self.console.sessions.add(SESSION)
        self._answer(HTTPStatus.NO_CONTENT, {"set-cookie": f"session={SESSION}; HttpOnly; SameSite=Strict; Path=/"})

    def _stream(self) -> None:
        last = self.headers.get("last-event-id", "")
        self.console.resumed.append(last)
        mine: queue.Queue[bytes | None] = queue.Queue()
        with self.console.lock:
            head = self.console.sent[-1][0] if self.console.sent else 0
            mine.put(b"retry: 2000\nid: %d\n\n" % (int(last) if last else head))
            if last:
                for number, frame in self.console.sent:
                    if number > int(last):
                        mine.put(frame)
            self.console.streams.append(mine)
        self.close_connection = True
        self._head(
            HTTPStatus.OK, {"content-type": "text/event-stream", "cache-control": "no-store", "connection": "close"}
        )
        try:
            while (frame := mine.get()) is not None:
                self.wfile.write(frame)
        except OSError:
            return  # the page went away
        finally:
            with self.console.lock:
                self.console.streams.remove(mine)

    def _file(self, path: str) -> None:
        file = self.console.static / (path.lstrip("/") or "index.html")
        if not file.is_file():
            self._error(404, "not_found")
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._answer(HTTPStatus.OK, {"content-type": kind}, file.read_bytes())

    def _session(self) -> seed.Json:
        return {"user": {"name": "an", "role": "analyst"}, "permissions": list(self.console.permissions)}

    def _known(self) -> bool:
        return f"session={SESSION}" in self.headers.get("cookie", "") and bool(self.console.sessions)

    def _signed_in(self) -> bool:
        if self._known():
            return True
        self._error(401, "not_signed_in")
        return False

    def _failed(self, path: str) -> bool:
        for prefix, (status, code, params) in self.console.failing.items():
            if path.startswith(prefix):
                self._error(status, code, **params)
                return True
        return False

    def _error(self, status: int, code: str, **params: str) -> None:
        self._json({"error": code, "params": params}, HTTPStatus(status))

    def _json(self, told: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._answer(status, {"content-type": "application/json"}, json.dumps(told).encode())

    def _answer(self, status: HTTPStatus, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self._head(status, {**(headers or {}), "content-length": str(len(body))})
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Security-Policy", CSP)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
