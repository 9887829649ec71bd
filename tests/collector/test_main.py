import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from tramgac_collector import main
from tramgac_collector.errors import IngestError, PortInUse
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths

from tests.collector.station import prepare, settings


def test_every_role_has_its_function():
    for role in main.ROLES:
        assert callable(main.function(role))


def test_a_role_that_a_file_asks_for_runs_where_that_is(tmp_path):
    paths, config = StatePaths(tmp_path), settings()
    assert set(main.ROLES) - set(main.wanted(paths, config)) == {*main.ASKED_BY, "intake"}
    for file in main.ASKED_BY.values():
        (tmp_path / file).touch()
    assert main.wanted(paths, settings(queue=["nats://127.0.0.1"])) == tuple(main.ROLES)


def test_several_judges_are_as_many_processes(tmp_path):
    assert main.wanted(StatePaths(tmp_path), settings(roles=["store", "judge"], judges=2)) == (
        "store",
        "judge",
        "judge-2",
    )
    assert main.function("judge-2").keywords == {"number": 2}


def test_a_machine_may_do_some_of_it(tmp_path):
    assert main.wanted(StatePaths(tmp_path), settings(roles=["signer", "gateway"])) == ("signer", "gateway")


@pytest.mark.parametrize(
    ("error", "status"), [(PortInUse(Both("taken", "đã dùng")), main.HOPELESS), (IngestError("broken"), 1), (None, 0)]
)
def test_the_status_says_whether_it_is_worth_trying_again(tmp_path, monkeypatch, capsys, caplog, error, status):
    def work(_paths, _config):
        if error:
            raise error

    monkeypatch.setattr(main, "function", lambda _role: work)
    assert main.main(["store", "--state", str(tmp_path)]) == status
    assert (str(error) in capsys.readouterr().err) == bool(error)
    assert [record.getMessage() for record in caplog.records] == ([f"the role ends: {error}"] if error else [])


def test_what_ends_a_role_is_said_in_the_persons_language(tmp_path, monkeypatch, capsys):
    paths = prepare(tmp_path)
    paths.config.write_text("nonsense = 1")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main.main(["store", "--state", str(tmp_path)]) == main.HOPELESS
    assert "nonsense: không có thiết lập này. Hãy sửa tệp này" in capsys.readouterr().err


BESIDE_GRPC = """
import socket, sys, time
from concurrent.futures import ThreadPoolExecutor
from tramgac_collector import main

def work(paths, _config):
    import grpc
    server = grpc.server(ThreadPoolExecutor(1))
    pair = [(paths.server_key.read_bytes(), paths.server_certificate.read_bytes())]
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(pair))
    server.start()
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"no TLS at all" * 9)
        while stranger.recv(99):
            pass
    time.sleep(0.2)
    server.stop(0).wait()

main.function = lambda _role: work
sys.exit(main.main(["gateway", "--state", sys.argv[1]]))
"""


@pytest.mark.parametrize(("asked", "told"), [({}, False), ({"GRPC_VERBOSITY": "INFO"}, True)])
def test_strangers_handshakes_are_not_among_the_lines_of_json_unless_asked_for(tmp_path, asked, told):
    paths = prepare(tmp_path)
    environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"} | asked
    command = [sys.executable, "-c", BESIDE_GRPC, str(paths.root)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert ("Handshake failed" in done.stderr) == told


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_told_by_us_alone(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        paths = prepare(tmp_path, settings(session_listen=listen))
        environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"} | {"LC_ALL": "C"}
        command = [sys.executable, "-m", "tramgac_collector.main", "gateway", "--state", str(paths.root)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    *logged, told = done.stderr.splitlines()
    assert done.returncode == main.HOPELESS
    assert told.startswith(f"tramgac collector, gateway: cannot listen on session_listen {listen}: Address already in")
    assert all(json.loads(line) for line in logged)


def test_a_wrong_setting_is_hopeless(tmp_path, capsys):
    paths = prepare(tmp_path)
    paths.config.write_text("nonsense = 1")
    assert main.main(["store", "--state", str(tmp_path)]) == main.HOPELESS
    assert "nonsense" in capsys.readouterr().err


def test_a_role_ends_with_its_supervisor(tmp_path):
    script = (
        "import subprocess, sys, os\n"
        "command = [sys.executable, '-m', 'tramgac_collector.main', 'signer']\n"
        "command += ['--state', sys.argv[1], '--parent', str(os.getpid())]\n"
        "print(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    paths = prepare(tmp_path)
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        pid = int(parent.stdout.readline())
        deadline = time.monotonic() + 60
        while not paths.ready("signer").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        parent.send_signal(signal.SIGKILL)
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)
