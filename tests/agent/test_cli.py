import os
import subprocess
import sys

from tramgac_agent import VERSION, cli, commands

# As Python begins where nobody ignores the signal: a suite that runs in the background hands down that it is ignored.
HEARD = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "tramgac_agent", "--version"], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == VERSION


def test_an_interrupt_ends_quietly(monkeypatch, capsys):
    def interrupted(_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "main", interrupted)
    assert cli.main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_an_interrupt_while_python_still_imports_ends_quietly(tmp_path):
    """A module that is imported on the way sends this process what Ctrl-C sends."""
    (tmp_path / "argparse.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    script = HEARD + "import sys; from tramgac_agent.cli import main; sys.exit(main(['doctor']))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_little_is_imported_before_an_interrupt_can_be_heard():
    script = "import sys; before = set(sys.modules); import tramgac_agent.cli; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert set(done.stdout.split()) == {"tramgac_agent", "tramgac_agent.cli"}
