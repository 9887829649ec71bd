import signal
import subprocess
import sys
import time

import psutil
import pytest
from tramgac_collector import main
from tramgac_collector.errors import IngestError, PortInUse
from tramgac_collector.pairs import Both

from tests.collector.station import prepare


def test_every_role_has_its_function():
    for role in main.ROLES:
        assert callable(main.function(role))


@pytest.mark.parametrize(
    ("error", "status"), [(PortInUse(Both("taken", "đã dùng")), main.HOPELESS), (IngestError("broken"), 1), (None, 0)]
)
def test_the_status_says_whether_it_is_worth_trying_again(tmp_path, monkeypatch, capsys, error, status):
    def work(_paths, _config):
        if error:
            raise error

    monkeypatch.setattr(main, "function", lambda _role: work)
    assert main.main(["store", "--state", str(tmp_path)]) == status
    assert (str(error) in capsys.readouterr().err) == bool(error)


def test_what_ends_a_role_is_said_in_the_persons_language(tmp_path, monkeypatch, capsys):
    paths = prepare(tmp_path)
    paths.config.write_text("nonsense = 1")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main.main(["store", "--state", str(tmp_path)]) == main.HOPELESS
    assert "nonsense: không có thiết lập này. Hãy sửa tệp này" in capsys.readouterr().err


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
