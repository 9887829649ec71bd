import os
import subprocess
import sys

import pytest
from tramgac_collector.cli.main import main

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

# As Python begins where nobody ignores the signal: a suite that runs in the background hands down that it is ignored.
HEARD = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "


def test_help_imports_nothing_heavy():
    script = "import sys\nfrom tramgac_collector.cli.app import build\nbuild()\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


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


@pytest.mark.parametrize(
    ("module", "extra"), [("typer", "collector"), ("sqlalchemy", "collector"), ("sigma", "author"), ("yaml", "author")]
)
def test_what_is_not_installed_is_named_with_what_installs_it(tramgac: Run, monkeypatch, module, extra):
    def build():
        raise ModuleNotFoundError(f"No module named '{module}.x'", name=f"{module}.x")

    monkeypatch.setattr("tramgac_collector.cli.app.build", build)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    says = f"This needs more than what an agent installs ({module} is missing): pip install 'tramgac[{extra}]'\n"
    assert tramgac("hosts") == (2, "", says)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert f"(thiếu {module}): pip install 'tramgac[{extra}]'" in tramgac("hosts")[2]


def test_with_an_agents_dependencies_alone_the_command_line_says_so():
    script = (
        "import sys; sys.modules['typer'] = None; sys.argv = ['tramgac', '--version']\n"
        "from tramgac_collector.cli.main import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "tramgac[collector]" in done.stderr


def test_a_module_of_ours_that_is_missing_is_a_fault_and_shows_where(monkeypatch):
    def build():
        import tramgac_collector.absent  # noqa: F401

    monkeypatch.setattr("tramgac_collector.cli.app.build", build)
    with pytest.raises(ModuleNotFoundError):
        main()


def test_an_interrupt_while_python_still_imports_ends_quietly(tmp_path):
    """A module that is imported on the way sends this process what Ctrl-C sends."""
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    script = HEARD + "from tramgac_collector.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", script, "hosts"], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_little_is_imported_before_an_interrupt_can_be_heard():
    script = (
        "import sys; before = set(sys.modules); import tramgac_collector.cli.main; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"tramgac_collector", "tramgac_collector.cli", "tramgac_collector.cli.main"}
