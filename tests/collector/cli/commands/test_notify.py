import json

import pytest
from tramgac_collector import database
from tramgac_collector.notify import keeping

from tests.collector.notify.briefs import notice
from tests.collector.notify.servers import Hook, Smtp, serving
from tests.collector.notify.test_settings import WHOLE
from tests.tools.console import Console, Run


def test_list(running: Console, tramgac: Run, monkeypatch):
    paths = running.services.paths
    assert tramgac("notify") == (
        0,
        f"No channels: nobody is told of alerts. Write {paths.notify}; docs/operating.md shows one.\n",
        "",
    )
    paths.notify.write_text(WHOLE)
    with database.session(running.engine) as s:
        keeping.numbered(s, "soc", 1)
        keeping.given_up(s, "soc", [notice(3)])
        keeping.failed(s, "soc", "127.0.0.1:25: Connection refused", 1)
    heads, soc, chat, _ = tramgac("notify", "list")[1].splitlines()
    assert heads.split() == ["CHANNEL", "TO", "WAITING", "GIVEN", "UP", "TOLD", "LAST", "SENT", "WHAT", "IS", "WRONG"]
    assert soc.split()[:6] == ["soc", "soc@example.vn,", "truc.ban@example.vn", "0", "3", "0"]
    assert "hooks" not in chat
    assert soc.endswith("Connection refused")
    rows = [json.loads(line) for line in tramgac("notify", "--json")[1].splitlines()]
    assert [row["name"] for row in rows] == ["soc", "chat", "siem"]
    paths.notify.write_text("x = ")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, _, err = tramgac("notify", "list")
    assert (status, "không phải TOML" in err) == (1, True)


def test_retry_and_forget(running: Console, tramgac: Run):
    for word, said in (("retry", "tried again"), ("forget", "forgotten")):
        with database.session(running.engine) as s:
            keeping.numbered(s, "soc", 1)
            keeping.given_up(s, "soc", [notice(3)])
        assert tramgac("notify", word, "soc") == (0, f"soc: 3 alerts are {said}.\n", "")
    assert json.loads(tramgac("notify", "forget", "soc", "--json")[1]) == {"channel": "soc", "alerts": 0}


@pytest.mark.enable_socket
def test_test(running: Console, tramgac: Run):
    paths = running.services.paths
    server = Hook()
    with serving(server.handle) as port:
        hook = f'[[channel]]\nname = "chat"\nkind = "webhook"\nnear = true\nurl = "http://127.0.0.1:{port}/x"\n'
        paths.notify.write_text(hook + '[[route]]\nchannels = ["chat"]\nlanguage = "en"\n')
        target = f"http://127.0.0.1:{port}/..."
        assert tramgac("notify", "test", "chat") == (0, f"chat: the test was taken by {target}.\n", "")
        told = json.loads(tramgac("notify", "test", "chat", "--json")[1])
    assert told == {"channel": "chat", "target": target}
    assert json.loads(server.posted[0][2])["subject"].startswith("A test of this channel")
    status, out, err = tramgac("notify", "test", "chat")
    assert (status, out) == (1, "")
    assert "cannot be reached: Connection refused" in err
    assert tramgac("notify", "test", "nobody")[::2] == (2, f"{paths.notify} has no channel nobody; it has: chat.\n")


@pytest.mark.enable_socket
def test_a_test_that_one_receiver_does_not_get(running: Console, tramgac: Run):
    server = Smtp(refusal="550 5.1.1 no such user")
    with serving(server.handle) as port:
        mail = f'[[channel]]\nname = "soc"\nkind = "mail"\nserver = "127.0.0.1:{port}"\nsecurity = "none"\n'
        to = 'sender = "gac@example.vn"\nto = ["soc@example.vn", "nobody@example.vn"]\n'
        running.services.paths.notify.write_text(mail + to)
        status, _, err = tramgac("notify", "test", "soc")
    assert (status, "nobody@example.vn: 550 5.1.1 no such user" in err) == (1, True)


def test_a_test_without_a_file_says_that_it_is_not_there(running: Console, tramgac: Run, monkeypatch):
    path = running.services.paths.notify
    status, out, err = tramgac("notify", "test", "soc")
    assert (status, out) == (2, "")
    assert err.startswith(f"{path} is not there: ")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("notify", "test", "soc")[2].startswith(f"Không có {path}: ")


def test_check(running: Console, tramgac: Run):
    paths = running.services.paths
    assert tramgac("notify", "check")[1].startswith(f"{paths.notify} is not there")
    paths.notify.write_text(WHOLE)
    status, _, err = tramgac("notify", "check")
    assert (status, "secrets/smtp: No such file" in err) == (1, True)
    (paths.root / "secrets").mkdir()
    for name in ("smtp", "hook"):
        (paths.root / "secrets" / name).write_text("x")
        (paths.root / "secrets" / name).chmod(0o600)
    assert tramgac("notify", "check")[1] == f"{paths.notify}: 3 channels, 2 routes; nothing is wrong.\n"
    assert json.loads(tramgac("notify", "check", "--json")[1])["channels"] == 3
    paths.notify.write_text("colour = 1")
    assert "colour: there is no such setting" in tramgac("notify", "check")[2]
