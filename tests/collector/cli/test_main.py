import os
import subprocess
import sys

import pytest
from tramgac_collector.cli.main import COMMANDS

from tests.tools.console import Run

HEAVY = (
    "sqlalchemy",
    "fastapi",
    "pydantic",
    "uvicorn",
    "sigma",
    "yaml",
    "rich",
    "cryptography",
    "clickhouse_connect",
    "grpc",
)


def test_help_imports_nothing_heavy():
    script = "import sys\nfrom tramgac_collector.cli.main import build\nbuild()\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


def test_every_command_has_help(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    status, out, _ = tramgac("--help")
    assert status == 0
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        assert f" {name} " in out
        assert tramgac(name, "--help")[0] == 0


def test_help_in_vietnamese(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    script = "from tramgac_collector.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=True)
    assert "theo dõi an ninh máy trạm" in done.stdout


@pytest.mark.parametrize(
    "words",
    [["odd"], ["events", "--odd"], ["hosts", "odd"], ["events", "--limit", "0"], ["events", "--since", "yesterday"]],
)
def test_misuse_is_two_and_nothing_is_on_stdout(tramgac: Run, words):
    status, out, err = tramgac(*words)
    assert (status, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    "words", [["alerts"], ["hosts", "--json"], ["events", "--count"], ["users"], ["tokens", "create"], ["audit"]]
)
def test_no_collector_is_told_with_the_way_out(tramgac: Run, tmp_path, words, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TRAMGAC_STATE", str(tmp_path))
    status, out, err = tramgac(*words)
    assert (status, out) == (1, "")
    assert f"No collector runs at {tmp_path}: start it (tramgac collector run --state {tmp_path})" in err


def test_where_the_state_is_named(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("TRAMGAC_STATE", str(tmp_path / "environment"))
    assert str(tmp_path / "environment") in tramgac("hosts")[2]
    assert str(tmp_path / "before") in tramgac("--state", str(tmp_path / "before"), "hosts")[2]
    assert str(tmp_path / "after") in tramgac("--state", "before", "hosts", "--state", str(tmp_path / "after"))[2]
    monkeypatch.delenv("TRAMGAC_STATE")
    monkeypatch.setattr("tramgac_collector.cli.client.INSTALLED", tmp_path / "installed")
    assert str(tmp_path / "installed") in tramgac("alerts", "list")[2]


def test_a_terminal_without_utf8_gets_escapes_instead_of_a_crash(tmp_path):
    environment = {**os.environ, "LC_ALL": "vi_VN", "PYTHONIOENCODING": "ascii", "TRAMGAC_STATE": str(tmp_path)}
    script = "from tramgac_collector.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", script, "hosts"], capture_output=True, env=environment, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
