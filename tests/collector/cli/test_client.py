import os
import socket
import threading
from pathlib import Path

import pytest
from tramgac_collector import ready
from tramgac_collector.cli.client import INSTALLED, Client, state_directory
from tramgac_collector.cli.errors import Absent, Failed, Misuse
from tramgac_collector.paths import StatePaths

from tests.tools.console import Console


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_documents_lines_and_changes(running: Console):
    number = running.raise_alert()
    client = Client(running.services.paths.root)
    assert client.get("/api/session")["user"]["name"] == "local"
    assert [row["id"] for row in client.lines("/api/alerts/export", status="all", host=None)] == [number]
    assert client.send(f"/api/alerts/{number}/verdict", {"verdict": "benign"})["status"] == "closed"
    assert client.send("/api/logout", {}) is None


def test_a_path_longer_than_an_address(running: Console, tmp_path):
    deep = tmp_path
    for _ in range(12):
        deep /= "a-folder-with-a-long-name"
    deep.parent.mkdir(parents=True)
    deep.symlink_to(running.services.paths.root)
    assert len(os.fspath(deep)) > 200
    assert Client(deep).get("/api/health") == {"ok": True}


def test_what_is_refused_is_told(running: Console):
    client = Client(running.services.paths.root)
    with pytest.raises(Failed, match="There is no user nobody; `tramgac users` lists them"):
        client.send("/api/users/nobody/once", {})
    with pytest.raises(Misuse, match="VERDICT: there is no 'odd'; choose from: true_positive,"):
        client.send(f"/api/alerts/{running.raise_alert()}/verdict", {"verdict": "odd"})


def test_nobody_there(tmp_path):
    with pytest.raises(Absent, match=f"No collector runs at {tmp_path}"):
        Client(tmp_path).get("/api/health")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/credential").write_text("x")
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "run/api.sock"))
    with pytest.raises(Absent):
        Client(tmp_path).get("/api/health")


def test_while_it_starts_it_is_not_said_to_be_absent(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    with ready.alone(paths), pytest.raises(Absent, match=f"The collector at {tmp_path} is just starting or ending"):
        Client(tmp_path).get("/api/health")
    with pytest.raises(Absent, match="No collector runs"):
        Client(tmp_path).get("/api/health")


def test_no_state_at_all_is_told_how_to_make_one_and_where_a_demos_is(tmp_path):
    with pytest.raises(Absent, match=f"tramgac collector init --state {tmp_path}/x.*tramgac-demo"):
        Client(tmp_path / "x").get("/api/health")


def test_another_users_collector(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(Failed, match="not readable for this user"):
        Client(tmp_path).get("/api/health")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{",
    ],
)
def test_an_answer_that_breaks_off(tmp_path, said):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/credential").write_text("x")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "run/api.sock"))
        listener.listen()

        def serve():
            with listener.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Failed, match="broke off"):
            Client(tmp_path).get("/api/health")
        thread.join()


def test_lines_that_end_with_an_error(running: Console, monkeypatch):
    def search(*_, **__):
        yield {"kind": "process_start"}
        from tramgac_collector.errors import EngineAway

        raise EngineAway("killed")

    monkeypatch.setattr("tramgac_collector.events.query.search", search)
    found = Client(running.services.paths.root).lines("/api/events")
    assert next(found) == {"kind": "process_start"}
    with pytest.raises(Failed, match="broke off: killed"):
        next(found)


def test_where_the_state_is(monkeypatch, tmp_path):
    monkeypatch.delenv("TRAMGAC_STATE", raising=False)
    assert state_directory(None) == INSTALLED
    monkeypatch.setenv("TRAMGAC_STATE", str(tmp_path))
    assert state_directory(None) == tmp_path
    monkeypatch.chdir(tmp_path)
    assert state_directory(Path("x")) == tmp_path / "x"
