import os
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from tramgac_agent import VERSION, commands, identity
from tramgac_agent.commands import main
from tramgac_agent.supervise import alone

from tests.agent.host import config_in
from tests.agent.pki import Authority


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_the_version_is_the_distributions(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert capsys.readouterr().out.strip() == VERSION == project["project"]["version"]


@pytest.mark.parametrize("arguments", [[], ["dance"], ["enrol"], ["run", "--part", "kitchen"]])
def test_misuse(arguments, capsys):
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_enrolment_says_what_is_wrong(tmp_path, capsys):
    assert main(["enrol", "--state", str(tmp_path), "--ticket", "tramgac1.nonsense"]) == 1
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(("ticket", "why"), [("garbage", "No such file or directory"), ("/", "Is a directory")])
def test_a_ticket_that_is_no_ticket_and_no_file_is_named(tmp_path, capsys, ticket, why):
    assert main(["enrol", "--state", str(tmp_path), "--ticket", ticket]) == 2
    assert capsys.readouterr().err.startswith(f"The ticket cannot be used: {ticket}: {why}; give --ticket with ")


def test_in_the_readers_language(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    main(["enrol", "--state", str(tmp_path), "--ticket", "tramgac1.nonsense"])
    assert "Không dùng được phiếu" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["all", "uplink"])
def test_a_host_that_is_not_enrolled_is_told_how(tmp_path, capsys, part):
    (tmp_path / "config.toml").write_text('uplink_user = "root"\n')  # this process is to stay who it is
    assert main(["run", "--state", str(tmp_path), "--part", part]) == 1
    assert "tramgac-agent enrol" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["all", "uplink"])
def test_a_host_that_is_not_enrolled_gets_no_folder(tmp_path, capsys, part):
    state = tmp_path / "state"
    assert main(["run", "--state", str(state), "--part", part]) == 1
    assert "not enrolled" in capsys.readouterr().err
    assert not state.exists()
    main(["doctor", "--state", str(state)])
    assert "disk" not in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_advice_names_the_state_folder_that_was_given(tmp_path, capsys, monkeypatch):
    state = tmp_path / "of ours"
    wanted = f"--state {shlex.quote(str(state))}"
    main(["run", "--state", str(state)])
    assert f"Run `tramgac-agent enrol --ticket TICKET {wanted}`" in capsys.readouterr().err
    main(["doctor", "--state", str(state)])
    said = capsys.readouterr().out
    assert f"run `tramgac-agent enrol --ticket TICKET {wanted}`" in said
    assert f"start it: `tramgac-agent run {wanted}`, or" in said
    monkeypatch.setenv("TRAMGAC_AGENT_STATE", str(state))
    main(["run", "--state", str(state)])
    assert "Run `tramgac-agent enrol --ticket TICKET`" in capsys.readouterr().err


def test_a_second_run_is_refused(tmp_path, capsys):
    identity.save(config_in(tmp_path).paths, Authority().identity())
    with alone(config_in(tmp_path), "all"):
        assert main(["run", "--state", str(tmp_path)]) == 1
    assert "Another agent runs" in capsys.readouterr().err


def test_a_wrong_setting_is_misuse(tmp_path, capsys):
    (tmp_path / "config.toml").write_text("colour = 1\n")
    assert main(["doctor", "--state", str(tmp_path)]) == 2
    assert "unknown setting 'colour'" in capsys.readouterr().err


def test_a_state_folder_that_cannot_be_used_is_named(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    assert main(["run", "--state", str(tmp_path / "file")]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_doctor_without_an_agent(tmp_path, capsys):
    assert main(["doctor", "--state", str(tmp_path), "--json"]) == 1
    assert '"check": "identity"' in capsys.readouterr().out


def test_install_and_uninstall_below_a_root(tmp_path, capsys):
    arguments = ["--state", str(tmp_path / "state"), "--root", str(tmp_path / "root")]
    assert main(["install", *arguments]) == 0
    assert "written, not started" in capsys.readouterr().out
    assert main(["uninstall", *arguments]) == 0
    assert "removed" in capsys.readouterr().out


def test_the_scope_goes_to_the_parts(tmp_path, monkeypatch):
    seen = {}

    class Fake:
        def __init__(self, config, command):
            seen["command"], seen["scope"] = command, config.scope

        def run(self):
            return 0

    monkeypatch.setattr("tramgac_agent.supervise.Supervisor", Fake)
    identity.save(config_in(tmp_path).paths, Authority().identity())
    group, mount, folder = str(tmp_path / "c"), "/", str(tmp_path / "f")
    for path in (group, folder):
        Path(path).mkdir()
    scope = [
        "--scope-cgroup",
        group,
        "--scope-process",
        str(os.getpid()),
        "--scope-mount",
        mount,
        "--scope-folder",
        folder,
    ]
    scope += ["--scope-exclude", "/x", "--scope-exclude", "/y"]
    assert main(["run", "--state", str(tmp_path), *scope]) == 0
    assert (seen["scope"].cgroup, seen["scope"].process, seen["scope"].mounts) == (group, os.getpid(), (mount,))
    assert seen["scope"].exclude == ("/x", "/y")
    again = commands.parser().parse_args([*seen["command"][3:], "sensor"])
    assert again.scope_exclude == ["/x", "/y"]
    assert (again.scope_cgroup, again.scope_process, again.scope_folder) == (group, os.getpid(), [folder])


def test_a_scope_that_is_not_there_is_misuse(tmp_path, capsys):
    assert main(["run", "--state", str(tmp_path), "--scope-folder", str(tmp_path / "nowhere")]) == 2
    assert main(["run", "--state", str(tmp_path), "--scope-mount", str(tmp_path)]) == 2  # a folder, no mount point
    assert f"{tmp_path}/nowhere" in capsys.readouterr().err


def test_a_process_that_does_not_live_is_no_scope(tmp_path, capsys):
    over = subprocess.Popen(["true"])
    over.wait()
    assert main(["run", "--state", str(tmp_path), "--scope-process", str(over.pid)]) == 2
    assert f"process {over.pid}, and no such process lives" in capsys.readouterr().err


def test_a_part_whose_scope_has_ended_meanwhile_is_not_kept_from_starting(tmp_path, capsys, monkeypatch):
    over = subprocess.Popen(["true"])
    over.wait()
    (tmp_path / "config.toml").write_text('uplink_user = "root"\n')  # this process is to stay who it is
    arguments = ["run", "--state", str(tmp_path), "--scope-process", str(over.pid), "--part", "uplink"]
    monkeypatch.setattr("tramgac_agent.parent.end_with_parent", lambda _parent: None)
    monkeypatch.setattr("tramgac_agent.uplink.end_with_parent", lambda _parent: None)
    assert main([*arguments, "--parent", str(os.getppid())]) == 2
    assert "not enrolled" in capsys.readouterr().err
