"""A console for tests: the real application over a control store of the test's own, a clock that the test holds."""

import functools
import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine
from starlette.testclient import TestClient
from tramgac_collector import alerts, ca, content, database, hosts, logins, tokens, users
from tramgac_collector.api.app import create_app
from tramgac_collector.api.hub import Hub
from tramgac_collector.api.identity import Identity, LocalSocket
from tramgac_collector.api.rulebook import Rulebook
from tramgac_collector.api.services import Services
from tramgac_collector.cli.app import build
from tramgac_collector.cli.main import main
from tramgac_collector.cli.pairs import vietnamese
from tramgac_collector.config import CollectorConfig
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import ContentRow

from tests.collector.control_store import opened

CREDENTIAL = "c" * 64
ORIGIN = "http://127.0.0.1:18080"
HOST = "ab" * 16
BOOT = "00000000000000b0"
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202egpj.exe\r\n\n event: reset\x00\"'\\"


@dataclass
class Clock:
    """A clock that stands until the test moves it."""

    ns: int = 1_790_000_000_000_000_000

    def __call__(self) -> int:
        return self.ns

    def forward(self, seconds: float) -> None:
        self.ns += int(seconds * 1e9)


@dataclass
class Console:
    """The application and what is behind it."""

    services: Services
    clock: Clock
    app: FastAPI
    _clients: list[TestClient] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return self.services.engine

    def stranger(self) -> TestClient:
        """A browser that has not signed in."""
        return self._kept(TestClient(self.app, base_url=ORIGIN))

    def local(self) -> TestClient:
        """A command on the collector's own machine."""
        shown = {"Authorization": f"Bearer {self.services.credential}"}
        return self._kept(TestClient(LocalSocket(self.app), base_url="http://localhost", headers=shown))

    def _kept(self, client: TestClient) -> TestClient:
        client.__enter__()  # one event loop for all its requests, until the fixture ends
        self._clients.append(client)
        return client

    def signed_in(self, role: str, name: str = "") -> TestClient:
        """A browser whose person has this role."""
        name = name or f"someone-{role}"
        with database.session(self.engine) as s:
            users.create(s, name, role, self.clock())
            once = logins.once_token(s, name, 60, self.clock())
        client = self.stranger()
        assert client.post("/api/login", json={"once": once}).status_code == 204
        return client

    def rules_in_force(self) -> None:
        """Have the judge say that it holds a rule."""
        with database.session(self.engine) as s:
            counts = {"rules": 1, "yara": 0, "indicators": 0}
            s.add(ContentRow(version=1, published=self.clock(), by="an", digest="", marked="", **counts))
            content.record_role(s, "judge", version=1, refused=0, reason="", now=self.clock())

    def enrol(self, host: str, name: str, number: int) -> None:
        """Let a host in, with a token and a certificate's number of its own."""
        with database.session(self.engine) as s:
            _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=self.clock())
            hosts.enrol(s, host, name, "linux", "0.1.0", f"{number:02}", token, self.clock())

    def raise_alert(self, number: int = 1, text: str = "curl http://127.0.0.1/x | sh", level: str = "high") -> str:
        """Store an alert; gives its id."""
        copy = alerts.EventCopy(
            host=HOST,
            epoch=7,
            lane=1,
            sequence=number,
            kind="process_start",
            time=self.clock() - 1_000_000,
            received=self.clock(),
            fields={
                "host.boot.id": BOOT,
                "process.entity_id": f"{number:016x}",
                "process.pid": 100 + number,
                "process.executable": "/bin/sh",
                "process.command_line": text,
                "process.parent.entity_id": "00000000000000ff",
                "process.parent.executable": "/usr/bin/bash",
                "user.name": "an",
            },
        )
        rule = {"id": f"rule-{number}", "title": f"Rule {number}", "level": level, "tags": ["attack.t1059.004"]}
        why = {
            "selection": "s",
            "field": "CommandLine",
            "value": text,
            "pattern": "*sh",
            "spans": [[0, 2]],
            "negated": False,
        }
        detection = alerts.Detection(rule=rule, version="v1", events=[copy], why=[why])
        with database.session(self.engine) as s:
            assert alerts.raise_alert(s, detection, "may-01", self.clock())
        return alerts.alert_id(rule["id"], [copy.text])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty control store that tests copy."""
    path = tmp_path_factory.mktemp("console") / "control.db"
    database.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application with a small page. FastAPI takes 50 ms for its routes: each console is another state of it."""
    page = tmp_path_factory.mktemp("page")
    (page / "assets").mkdir()
    (page / "index.html").write_text("<!doctype html><title>Trạm Gác</title>", "utf-8")
    (page / "assets/app-0123abcd.js").write_text("export {}")
    paths = StatePaths(page / "none")
    engine = create_engine("sqlite://")
    return create_app(
        Services(paths, CollectorConfig(), engine, Hub(engine), Rulebook(paths, engine), "", ORIGIN), page
    )


@pytest.fixture
def console(
    tmp_path: Path, migrated: Path, clock: Clock, application: FastAPI, quick_passwords: None
) -> Iterator[Console]:
    """A console with an empty control store and a small page; hashing a password is quick in it."""
    paths = StatePaths(tmp_path / "state")
    paths.make()
    shutil.copy(migrated, paths.control_database)
    engine = opened(paths.database_url)
    services = Services(
        paths=paths,
        config=CollectorConfig(),
        engine=engine,
        hub=Hub(engine),
        rulebook=Rulebook(paths, engine),
        credential=CREDENTIAL,
        origin=ORIGIN,
        now=clock,
    )
    application.state.services = services
    application.state.authenticator = Identity(services)
    made = Console(services, clock, application)
    yield made
    for client in made._clients:
        client.__exit__(None, None, None)
    engine.dispose()


@pytest.fixture
def authority(console: Console) -> ca.Authority:
    """The collector's authority, in its place."""
    made = ca.Authority.create()
    made.save(console.services.paths.ca_key, console.services.paths.ca_certificate)
    return made


@pytest.fixture
def running(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """The console served on `run/api.sock`, where commands look for it (TRAMGAC_STATE)."""
    paths = console.services.paths
    paths.credential.write_text(CREDENTIAL)
    config = uvicorn.Config(LocalSocket(console.app), uds=os.fspath(paths.api_socket), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    monkeypatch.setenv("TRAMGAC_STATE", os.fspath(paths.root))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield console
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Run = Callable[..., tuple[int, str, str]]


@functools.cache
def _command_line(vietnamese: bool) -> Callable[..., object]:
    return typer.main.get_command(build())


@pytest.fixture
def tramgac(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command line in this process; gives exit status, stdout, stderr.

    It is put together once a language: that takes typer 60 ms each time.
    """
    umask = os.umask(0o022)
    monkeypatch.setattr("tramgac_collector.cli.app.build", lambda: _command_line(vietnamese()))

    def run(*words: str, text: str = "", terminal: bool = False) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["tramgac", *words])
        monkeypatch.setattr("sys.stdin", _Terminal(text) if terminal else io.StringIO(text))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    yield run
    os.umask(umask)
