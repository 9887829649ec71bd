import configparser
import json
import shutil
import subprocess
import sys

import pytest
from tramgac_agent import install as module
from tramgac_agent.errors import InstallError, Unreadable
from tramgac_agent.install import UNITS, install, render, uninstall

from tests.agent.host import config_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="services are written for systemd")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def config(tmp_path):
    return config_in(tmp_path / "state", uplink_user="tramgac")


def unit(name, config, python="/usr/bin/python3"):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(render(name, config, python))
    return parser


def test_written_below_another_root_and_taken_away_again(tmp_path, config):
    root = tmp_path / "root"
    said = install(config, root)
    assert said.startswith("written, not started: systemd does not run here")
    for name in UNITS:
        assert (root / "etc/systemd/system" / name).is_file()
    assert "u tramgac" in (root / "etc/sysusers.d/tramgac.conf").read_text()
    assert not config.state.exists()
    assert "removed" in uninstall(config, root)
    assert not [path for path in root.rglob("*") if path.is_file()]
    assert "nothing is installed" in uninstall(config, root)


@pytest.mark.parametrize("name", ["elsewhere", 'a "b" \\ $c %d'])
def test_what_is_left_is_named_as_it_was_installed(tmp_path, config, name):
    state = tmp_path / name
    install(config_in(state), tmp_path)
    assert f"The state folder {state} and the user were left" in uninstall(config, tmp_path)


@pytest.mark.parametrize("content", [b"[Service]\nExecStart=/bin/true\n", b"\xff"])
def test_a_unit_that_was_changed_by_hand_names_no_folder(tmp_path, config, content):
    install(config_in(tmp_path / "elsewhere"), tmp_path)
    for name in UNITS:
        (tmp_path / "etc/systemd/system" / name).write_bytes(content)
    assert f"The state folder {config.state} " in uninstall(config, tmp_path)


def test_the_sensor_has_no_network_but_loopback_and_the_uplink_no_privileges(config):
    sensor, uplink = (unit(f"tramgac-{part}.service", config)["Service"] for part in ("sensor", "uplink"))
    assert (sensor["IPAddressDeny"], sensor["IPAddressAllow"]) == ("any", "localhost")  # for its canary
    assert "AF_INET6" not in sensor["RestrictAddressFamilies"].split()
    assert uplink["CapabilityBoundingSet"] == ""
    assert uplink["User"] == "tramgac"
    assert sensor["NoNewPrivileges"] == uplink["NoNewPrivileges"] == "yes"
    assert sensor["OOMPolicy"] == "continue"  # else a file that makes YARA large ends the sensors too
    for forbidden in ("PrivateTmp", "PrivateNetwork", "ProtectProc", "ProcSubset", "PrivateUsers"):
        assert forbidden not in sensor  # it would watch another system than the real one


LOOK = """
import os, json
from tramgac_scan.client import Scanner, YaraSource
fd = os.memfd_create("sample")
os.write(fd, b"hello")
with Scanner([YaraSource("a", 'rule hello { strings: $h = "hello" condition: $h }')]) as scanner:
    hits = [hit.rule for hit in scanner.scan(fd).hits]
    lines = open(f"/proc/{scanner._child.pid}/status").read().splitlines()
    powers = [line.split()[1] for line in lines if line.startswith("Cap")]
    print(json.dumps([scanner.held, scanner.missing, hits, powers]))
"""


@pytest.mark.root
def test_with_what_the_service_leaves_it_the_sensor_locks_its_yara_child_in(config):
    """Root with exactly the unit's bounding set; the kinds of namespaces are looked up in its text."""
    text = render("tramgac-sensor.service", config, "/usr/bin/python3")
    lines = [line.partition("=") for line in text.splitlines()]
    left = [name for key, _, names in lines if key == "CapabilityBoundingSet" for name in names.split()]
    bounding = ",".join(["-all", *(f"+{name.removeprefix('CAP_').lower()}" for name in left)])
    start = ["setpriv", f"--bounding-set={bounding}", "--no-new-privs", sys.executable, "-I", "-c", LOOK]
    done = subprocess.run(start, capture_output=True, text=True, check=True, timeout=60)
    held, missing, hits, powers = json.loads(done.stdout)
    assert (held, missing, hits) == (["network", "user", "capabilities", "seccomp"], [], ["hello"])
    assert set(powers[:3]) == {"0" * 16}  # inheritable, permitted, effective
    assert {key: names for key, _, names in lines}["RestrictNamespaces"].split() == ["net", "ipc"]


def test_the_sensor_ends_before_the_uplink(config):
    """What starts after another is stopped before it: systemd.unit(5)."""
    assert "tramgac-uplink.service" in unit("tramgac-sensor.service", config)["Unit"]["After"]
    assert "tramgac-sensor.service" not in unit("tramgac-uplink.service", config)["Unit"]["After"]


def test_a_program_below_a_home_may_be_read_there(config):
    assert unit(UNITS[0], config, "/home/ann/venv/bin/python")["Service"]["ProtectHome"] == "read-only"
    assert unit(UNITS[0], config)["Service"]["ProtectHome"] == "yes"


def test_odd_paths_are_quoted_or_refused(tmp_path):
    config = config_in('/var/lib/a "b" $c %d')
    command = unit(UNITS[0], config)["Service"]["ExecStart"]
    assert '--state "/var/lib/a \\"b\\" $$c %%d"' in command
    for path in ("relative", "/a\nExecStartPre=/bin/true"):
        with pytest.raises(InstallError, match="absolute path"):
            render(UNITS[0], config_in(path), "/usr/bin/python3")


def test_an_ordinary_user_is_told(config, monkeypatch):
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    with pytest.raises(InstallError, match="root"):
        install(config, None)


def test_a_root_that_cannot_be_written_is_named(tmp_path, config):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InstallError, match="file"):
        install(config, tmp_path / "file")


def test_a_python_that_the_uplinks_user_cannot_read_is_refused_before_anything_is_written(
    tmp_path, config, monkeypatch
):
    def closed(user, python):
        raise Unreadable(f"{user} cannot read {python}")

    monkeypatch.setattr(module, "_top", lambda _root: tmp_path / "root")
    monkeypatch.setattr(module, "require_readable", closed)
    with pytest.raises(Unreadable, match="tramgac cannot read /home/ann/venv/bin/python"):
        install(config, None, "/home/ann/venv/bin/python")
    assert not (tmp_path / "root").exists()


def test_where_systemd_runs_the_services_are_started(tmp_path, config, monkeypatch):
    called = []
    monkeypatch.setattr(module, "_top", lambda _root: tmp_path / "root")
    monkeypatch.setattr(module, "RUNS", tmp_path)
    monkeypatch.setattr(module, "_call", called.append)
    monkeypatch.setattr(module.shutil, "which", lambda name: name if name == "systemd-sysusers" else None)
    monkeypatch.setattr(module, "lay_out", lambda *_: None)
    monkeypatch.setattr(module, "require_readable", lambda *_: None)
    assert install(config, None).startswith("written and started")
    assert called == [
        ["systemd-sysusers", "/etc/sysusers.d/tramgac.conf"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", *UNITS],
    ]
    called.clear()
    uninstall(config, None)
    assert called == [["systemctl", "disable", "--now", *UNITS], ["systemctl", "daemon-reload"]]


def test_a_service_manager_that_refuses_is_quoted():
    with pytest.raises(InstallError, match="no such thing"):
        module._call([sys.executable, "-c", "import sys; sys.exit('no such thing')"])
    with pytest.raises(InstallError, match="journalctl"):
        module._call(["/nowhere/systemctl"])


@pytest.fixture
def analyse(tmp_path, config):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    install(config, tmp_path / "root", sys.executable)
    folder = tmp_path / "root" / "etc/systemd/system"

    def run(*arguments, names=UNITS):
        command = [program, *arguments, *(str(folder / name) for name in names)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run


def test_systemd_finds_no_fault(analyse):
    done = analyse("verify", "--man=no")
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "tramgac-" in line]
    assert ours == []


@pytest.mark.parametrize(("name", "most"), [("tramgac-sensor.service", 40), ("tramgac-uplink.service", 20)])
def test_systemd_calls_the_exposure_low(analyse, name, most):
    done = analyse("security", "--offline=true", f"--threshold={most}", names=[name])
    assert done.returncode == 0, done.stdout[-600:]
