"""The role as a process of its own, over its real sockets."""

import json
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import bell, ca, database, outbox, users
from tramgac_collector.api.errors import ExposureError
from tramgac_collector.api.serve import _console, serve
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import PortInUse
from tramgac_collector.paths import StatePaths

from tests.tools.console import HOSTILE


class Role:
    """The process, and how to speak to it."""

    def __init__(self, paths: StatePaths, **settings: str) -> None:
        self.paths = paths
        given = {"console_listen": "127.0.0.1:0", **settings}
        environment = {f"TRAMGAC_COLLECTOR_{name.upper()}": value for name, value in given.items()}
        command = [sys.executable, "-m", "tramgac_collector.main", "api", "--state", str(paths.root)]
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.PIPE)
        self._client: httpx2.Client | None = None

    def ready(self) -> "Role":
        while not self.paths.ready("api").exists():
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(self.process.stderr.read().decode())
        return self

    @property
    def client(self) -> httpx2.Client:
        if self._client is None:
            shown = {"Authorization": f"Bearer {self.paths.credential.read_text().strip()}"}
            transport = httpx2.HTTPTransport(uds=str(self.paths.api_socket))
            self._client = httpx2.Client(transport=transport, base_url="http://localhost", headers=shown)
        return self._client

    def end(self, number: int = signal.SIGTERM) -> int:
        if self._client is not None:
            self._client.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(20)
        self.process.stderr.close()
        return status


@contextmanager
def state(migrated: Path) -> Iterator[StatePaths]:
    """A state directory with a short name, since a client's address has only 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="tg") as folder:
        paths = StatePaths(Path(folder))
        paths.make()
        shutil.copy(migrated, paths.control_database)
        yield paths


@pytest.fixture
def place(migrated: Path) -> Iterator[StatePaths]:
    with state(migrated) as paths:
        yield paths


@pytest.fixture(scope="module")
def role(migrated: Path) -> Iterator[Role]:
    """One that runs for all tests that only speak to it."""
    with state(migrated) as paths:
        started = Role(paths).ready()
        yield started
        assert started.end() == 0


def frames(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Events of a stream, those with data only."""
    found: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            found[name] = value
        elif "data" in found:
            yield found
            found = {}
        else:
            found = {}


def happen(paths: StatePaths, topic: str, payload: dict, *, heard: bool = True) -> None:
    """Something happens in another role."""
    engine = database.open_database(paths.database_url)
    with database.session(engine) as s:
        outbox.add(s, topic, payload)
    engine.dispose()
    assert bell.ring(paths.run, "api") is heard


def test_only_the_collectors_own_user_reaches_the_local_socket(role: Role):
    assert stat.S_IMODE(role.paths.api_socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(role.paths.credential.stat().st_mode) == 0o600
    assert role.client.get("/api/session").json()["user"]["name"] == "local"
    assert role.client.get("/api/session", headers={"Authorization": "Bearer no"}).status_code == 401


def test_an_open_stream_hears_resumes_after_a_kill_and_ends_with_a_stop(place: StatePaths):
    first = Role(place).ready()
    with first.client.stream("GET", "/api/stream", timeout=20) as answer:
        lines = answer.iter_lines()
        assert [next(lines) for _ in range(3)] == ["retry: 2000", "id: 0", ""]
        happen(place, "host", {"id": HOSTILE})
        heard = next(frames(lines))
        assert (heard["id"], heard["event"]) == ("1", "host")
        assert json.loads(heard["data"])["id"] == HOSTILE.replace("\x00", "\\x00")
        first.process.kill()
    assert first.end() == -signal.SIGKILL
    place.ready("api").unlink()
    happen(place, "host", {"id": "missed"}, heard=False)
    second = Role(place).ready()
    with second.client.stream("GET", "/api/stream", headers={"Last-Event-ID": "1"}, timeout=20) as answer:
        rest = frames(answer.iter_lines())
        assert json.loads(next(rest)["data"])["id"] == "missed"
        second.process.send_signal(signal.SIGTERM)
        assert list(rest) == []
    assert second.process.wait(20) == 0  # a second signal, sent while it ends, would cut it short
    second.end()
    assert not place.ready("api").exists()


@pytest.mark.enable_socket
def test_it_ends_soon_though_the_event_store_does_not_answer(place: StatePaths):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place.engine.write_text(json.dumps({"port": silent.getsockname()[1], "key": "k"}))
        role = Role(place).ready()
        asking = threading.Thread(target=lambda: outcome.append(_ask(role)))
        outcome: list[str] = []
        asking.start()
        silent.settimeout(20)
        taken, _ = silent.accept()
        began = time.monotonic()
        assert role.end() == 0
        assert time.monotonic() - began < 8, "3 s where nothing else runs"
        asking.join(10)
        taken.close()
    assert outcome in (["500"], ["RemoteProtocolError"], ["ReadError"]), "whoever asked hears that nobody answers"
    assert not place.ready("api").exists()


def _ask(role: Role) -> str:
    shown = {"Authorization": f"Bearer {role.paths.credential.read_text().strip()}"}
    transport = httpx2.HTTPTransport(uds=str(role.paths.api_socket))
    with httpx2.Client(transport=transport, base_url="http://localhost", headers=shown, timeout=30) as client:
        try:
            return str(client.get("/api/events").status_code)
        except httpx2.TransportError as error:
            return type(error).__name__


@pytest.mark.enable_socket
def test_the_console_takes_sessions_and_no_credential(role: Role):
    origin = role.client.get("/api/status").json()["console"]
    made = {"name": "an", "role": "viewer"}
    assert role.client.post("/api/users", json=made).status_code == 201
    once = role.client.post("/api/users/an/once", json={}).json()
    assert once["url"].startswith(f"{origin}/#once=")
    with httpx2.Client(base_url=origin) as browser:
        assert browser.get("/api/session", headers=role.client.headers).status_code == 401
        assert browser.post("/api/login", json={"once": once["token"]}).status_code == 204
        assert browser.get("/api/session").json()["user"]["name"] == "an"
        assert "server" not in browser.get("/api/health").headers


@pytest.mark.enable_socket
def test_with_tls_the_cookie_is_bound_to_this_origin(place: StatePaths):
    authority = ca.Authority.create()
    key = ec.generate_private_key(ec.SECP256R1())
    ca.write_key(place.server_key, key)
    ca.write_certificate(place.server_certificate, authority.collector_leaf(key.public_key(), ["127.0.0.1"]))
    ca.write_certificate(place.ca_certificate, authority.certificate)
    engine = database.open_database(place.database_url)
    with database.session(engine) as s:
        users.create(s, "an", "viewer", 1)
    engine.dispose()
    files = {"console_certificate": str(place.server_certificate), "console_key": str(place.server_key)}
    role = Role(place, **files).ready()
    origin = role.client.get("/api/status").json()["console"]
    assert origin.startswith("https://127.0.0.1:")
    once = role.client.post("/api/users/an/once", json={}).json()["token"]
    trust = ssl.create_default_context(cafile=str(place.ca_certificate))
    with httpx2.Client(base_url=origin, verify=trust) as browser:
        answer = browser.post("/api/login", json={"once": once})
        flags = answer.headers["set-cookie"]
        assert flags.startswith("__Host-tramgac=")
        assert "Secure" in flags
        assert "strict-transport-security" in answer.headers
        assert browser.get("/api/session").status_code == 200
    assert role.end() == 0


def test_beyond_loopback_without_tls_nothing_is_opened(place: StatePaths, monkeypatch):
    monkeypatch.setattr("tramgac_collector.logs.configure", lambda *_: None)
    with pytest.raises(ExposureError, match="console_certificate"):
        serve(place, CollectorConfig(console_listen="0.0.0.0:0"))
    assert not place.credential.exists()


@pytest.mark.enable_socket
def test_a_port_in_use_is_named(role: Role):
    listen = role.client.get("/api/status").json()["console"].removeprefix("http://")
    with pytest.raises(PortInUse, match=f"cannot listen on console_listen {listen}: Address already in use"):
        _console(CollectorConfig(console_listen=listen)).__enter__()


@pytest.mark.enable_socket
def test_without_the_tail_of_the_outbox_the_role_ends_and_begins_anew(place: StatePaths, monkeypatch):
    async def broken(_hub, _bell):
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr("tramgac_collector.logs.configure", lambda *_: None)
    monkeypatch.setattr("tramgac_collector.api.hub.Hub.run", broken)
    with pytest.raises(RuntimeError, match="nobody foresaw it"):
        serve(place, CollectorConfig(console_listen="127.0.0.1:0"))
