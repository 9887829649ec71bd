import socket

import pytest
from tramgac_agent.notify import notify, watchdog_s


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        name = str(tmp_path / "notify") if request.param == "path" else f"\0{tmp_path}/notify"
        listener.bind(name)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield listener


def test_the_manager_is_told(manager):
    assert notify("READY=1", "STATUS=well")
    assert manager.recv(100) == b"READY=1\nSTATUS=well"


def test_nobody_listens(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "none"))
    assert not notify("READY=1")


@pytest.mark.parametrize(("said", "every"), [("60000000", 30.0), ("", 0.0), ("soon", 0.0)])
def test_the_watchdog_is_fed_twice_as_often_as_needed(monkeypatch, said, every):
    monkeypatch.setenv("WATCHDOG_USEC", said)
    assert watchdog_s() == every
