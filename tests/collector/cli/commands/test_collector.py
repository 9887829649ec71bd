import json
import os

import pytest
from tramgac_collector import supervisor
from tramgac_collector.config import load
from tramgac_collector.paths import StatePaths

from tests.tools.console import Run


def test_init_makes_a_state_and_keeps_what_is_there(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    state = tmp_path / "state"
    words = ["collector", "init", "--state", str(state), "--console-listen", "127.0.0.1:1", "--advertise", "192.0.2.7"]
    status, out, _ = tramgac(*words)
    assert status == 0
    assert f"tramgac collector run --state {state}" in out
    config = load(StatePaths(state))
    assert (config.console_listen, config.advertise) == ("127.0.0.1:1", "192.0.2.7")
    assert {path: path.stat().st_mode & 0o077 for path in state.rglob("*") if path.stat().st_mode & 0o077} == {}
    authority = StatePaths(state).ca_certificate.read_bytes()
    status, out, _ = tramgac(*words)
    assert (status, "holds a collector already; nothing was changed" in out) == (0, True)
    status, _, err = tramgac("collector", "init", "--state", str(state), "--advertise", "192.0.2.8")
    assert (status, "--advertise is 192.0.2.7 there, 192.0.2.8 was asked for" in err) == (2, True)
    assert StatePaths(state).ca_certificate.read_bytes() == authority


def test_a_backup_that_left_the_settings_out(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    state = tmp_path / "state"
    tramgac("collector", "init", "--state", str(state), "--console-listen", "127.0.0.1:1")
    (state / "collector.toml").unlink()
    status, _, err = tramgac("collector", "run", "--state", str(state))
    assert (status, f"restore {state}/collector.toml from the backup" in err) == (1, True)
    authority = StatePaths(state).ca_certificate.read_bytes()
    status, out, _ = tramgac("collector", "init", "--state", str(state), "--enrol-listen", "127.0.0.1:2")
    assert (status, out.startswith(f"{state}/collector.toml was missing; it is written anew")) == (0, True)
    assert "enrolment 127.0.0.1:2, page 127.0.0.1:18080, known to agents as" in out
    assert StatePaths(state).ca_certificate.read_bytes() == authority
    assert "nothing was changed" in tramgac("collector", "init", "--state", str(state))[1]


def test_init_with_what_agents_or_we_cannot_use(tramgac: Run, tmp_path):
    words = ["collector", "init", "--state", str(tmp_path / "s")]
    status, _, err = tramgac(*words, "--enrol-listen", "here")
    assert (status, "--enrol-listen: 'here' is no HOST:PORT, such as" in err) == (2, True)
    status, _, err = tramgac(*words, "--session-listen", "0.0.0.0:8444")
    assert (status, "--advertise gac.example.vn" in err) == (2, True)
    assert not (tmp_path / "s").exists()


def test_what_is_wrong_is_said_in_vietnamese(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    state = str(tmp_path / "s")
    status, _, err = tramgac("collector", "run", "--state", state)
    first = f"trước hết hãy chạy `tramgac collector init --state {state}`"
    wanted = f"không có thư mục trạng thái {state}: {first}, hoặc chỉ định nơi khác bằng --state\n"
    assert (status, err) == (1, wanted)
    status, _, err = tramgac("collector", "init", "--state", state, "--enrol-listen", "here")
    assert (status, "--enrol-listen: 'here' không phải HOST:PORT" in err) == (2, True)


@pytest.mark.parametrize("command", ["init", "run"])
def test_a_state_of_another_user(tramgac: Run, tmp_path, monkeypatch, command):
    tramgac("collector", "init", "--state", str(tmp_path / "s"))
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    status, _, err = tramgac("collector", command, "--state", str(tmp_path / "s"))
    assert status == 1
    assert f"tramgac collector {command} --state {tmp_path / 's'}" in err


def test_run_needs_a_state_and_gives_the_supervisors_status(tramgac: Run, tmp_path, monkeypatch):
    state = str(tmp_path / "state")
    status, _, err = tramgac("collector", "run", "--state", state)
    assert status == 1
    assert "collector init" in err
    tramgac("collector", "init", "--state", state)
    ran = []
    monkeypatch.setattr(supervisor, "run", lambda paths, _ready: ran.append(paths.root) or 3)
    assert tramgac("collector", "run", "--state", state) == (3, "", "")
    assert ran == [tmp_path / "state"]


def test_run_tells_a_person_that_it_starts_and_where_it_is_then(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    state = str(tmp_path / "state")
    tramgac("collector", "init", "--state", state)
    monkeypatch.setattr(supervisor, "run", lambda _paths, when_ready: when_ready() or 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    status, out, err = tramgac("collector", "run", "--state", state)
    assert (status, out) == (0, "")
    first, second = err.splitlines()
    assert first == f"Starting the collector at {state} ..."
    assert second.startswith("The collector runs; its page: http://127.0.0.1:18080 ")


def test_run_beyond_loopback_without_tls(tramgac: Run, tmp_path):
    state = str(tmp_path / "state")
    tramgac("collector", "init", "--state", state, "--console-listen", "0.0.0.0:18080")
    status, _, err = tramgac("collector", "run", "--state", state)
    assert status == 1
    assert "console_certificate" in err


def test_doctor_says_what_is_wrong(tramgac: Run, tmp_path):
    status, out, _ = tramgac("collector", "doctor", "--state", str(tmp_path), "--json")
    assert (status, json.loads(out)["ok"]) == (1, False)
    assert "✗" in tramgac("collector", "doctor", "--state", str(tmp_path))[1]


def test_tables_for_a_cluster_are_printed(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    status, out, _ = tramgac("collector", "ddl", "--cluster", "centre")
    assert (status, out.count(" ON CLUSTER centre"), out.count(";\n")) == (0, 3, 3)
    status, out, err = tramgac("collector", "ddl", "--cluster", "a b")
    assert (status, out) == (2, "")
    assert "no name of a cluster" in err


def test_rules_for_the_firewall_name_the_ports_of_the_settings(tramgac: Run, tmp_path):
    state = str(tmp_path / "state")
    given = ("--session-listen", "127.0.0.1:8444", "--enrol-listen", "127.0.0.1:8443")
    assert tramgac("collector", "init", "--state", state, *given)[0] == 0
    status, out, _ = tramgac("collector", "firewall", "--state", state, "--each-second", "7", "--at-once", "9")
    assert (status, out.count("tcp dport { 8444, 8443 }")) == (0, 2)
    assert out.count("over 7/second burst 9 packets") == 2


def test_rules_for_the_firewall_need_ports_and_a_collector(tramgac: Run, tmp_path):
    state = str(tmp_path / "state")
    assert tramgac("collector", "firewall", "--state", state)[:2] == (1, "")
    assert tramgac("collector", "init", "--state", state, "--session-listen", "127.0.0.1:0")[0] == 0
    status, out, err = tramgac("collector", "firewall", "--state", state)
    assert (status, out) == (1, "")
    assert "session_listen" in err
