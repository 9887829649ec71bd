import pytest
from tramgac_collector.demo import command
from tramgac_collector.demo.report import Report


def test_requirements_are_read():
    assert command.requirements("process=ebpf,file=fanotify") == {"process": "ebpf", "file": "fanotify"}
    assert command.requirements("") == {}


@pytest.mark.parametrize("text", ["process", "=ebpf", "process=", "process=ebpf,file"])
def test_a_bad_requirement_is_misuse(text, tmp_path, capsys):
    options = {"state": tmp_path, "check": True, "json": False, "rules": []}
    assert command.run(require=text, **options) == 2
    assert "write CAPABILITY=RUNG" in capsys.readouterr().out


def test_a_path_of_rules_that_is_not_there_is_misuse(tmp_path, capsys):
    missing = tmp_path / "rules"
    assert command.run(state=tmp_path, check=True, json=False, require="", rules=[missing]) == 2
    assert f"{missing}: no such file or folder" in capsys.readouterr().out


def test_a_folder_has_one_demo_and_the_dead_have_no_claim(tmp_path, capsys):
    with (tmp_path / "demo").open("a+") as first, (tmp_path / "demo").open("a+") as second:
        assert command._claimed(first)
        assert not command._claimed(second)
        assert command._already(Report(as_json=True), tmp_path, second) == 1
        assert "just starting" in capsys.readouterr().out
    with (tmp_path / "demo").open("a+") as third:
        assert command._claimed(third)


def test_state_lies_where_the_desktop_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert command.default_state() == tmp_path / "tramgac-demo"
