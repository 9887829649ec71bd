import os

import pytest
from tramgac_collector.demo import command


def test_requirements_are_read():
    assert command.requirements("process=ebpf,file=fanotify") == {"process": "ebpf", "file": "fanotify"}
    assert command.requirements("") == {}


@pytest.mark.parametrize("text", ["process", "=ebpf", "process=", "process=ebpf,file"])
def test_a_bad_requirement_is_misuse(text, tmp_path, capsys):
    options = {"state": tmp_path, "check": True, "json": False, "rules": []}
    assert command.run(require=text, **options) == 2
    assert "write CAPABILITY=RUNG" in capsys.readouterr().out


def test_a_demo_that_has_ended_does_not_count_as_running(tmp_path):
    (tmp_path / "run").mkdir()
    assert command._running(tmp_path) is None
    (tmp_path / "run/demo").write_text(f"{os.getpid()} http://127.0.0.1:1/")
    assert command._running(tmp_path).url == "http://127.0.0.1:1/"
    (tmp_path / "run/demo").write_text("garbage")
    assert command._running(tmp_path) is None


def test_state_lies_where_the_desktop_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert command.default_state() == tmp_path / "tramgac-demo"
