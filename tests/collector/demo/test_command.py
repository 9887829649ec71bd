import json
import os
import signal

import pytest
from tramgac_agent.sensors import SENSORS
from tramgac_collector.demo import command
from tramgac_collector.demo.children import ChildFailed, Ended
from tramgac_collector.demo.play import Wish
from tramgac_collector.demo.report import Report


def ran(tmp_path, **more):
    asked = {"state": tmp_path, "check": True, "json": False, "require": "", "rules": [], **more}
    return command.run(**asked)


@pytest.fixture
def staged(monkeypatch, tmp_path, capsys):
    """Run a demo whose play is a function; its exit status and what it said."""

    def run(play, *, ended=(), check=True):
        def stop(children):
            return list(ended)

        monkeypatch.setattr(command, "play", lambda _, stage, *__: play(stage))
        monkeypatch.setattr(command.Arena, "make", lambda _: None)
        monkeypatch.setattr(command.Children, "stop", stop)
        status = ran(tmp_path / "state", check=check, json=True)
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_requirements_are_read():
    assert command.requirements("process=ebpf,file=fanotify") == {"process": "ebpf", "file": "fanotify"}
    assert command.requirements("") == {}


def test_every_rung_of_the_agent_can_be_required_and_nothing_else():
    rungs: dict[str, tuple[str, ...]] = {}
    for sensor in SENSORS:
        rungs[sensor.capability] = (*rungs.get(sensor.capability, ()), sensor.rung)
    assert rungs == command.RUNGS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("process", "write CAPABILITY=RUNG"),
        ("=ebpf", "write CAPABILITY=RUNG"),
        ("process=", "write CAPABILITY=RUNG"),
        ("process=ebpf,file", "write CAPABILITY=RUNG"),
        ("processes=ebpf", "there is no capability processes; there are process, file, network"),
        ("process=ebpf,file=ebpf", "file has no rung ebpf; it has fanotify, watch"),
    ],
)
def test_a_bad_requirement_is_misuse_before_anything_starts(text, said, tmp_path, capsys):
    assert ran(tmp_path / "state", require=text) == 2
    assert said in capsys.readouterr().out
    assert not (tmp_path / "state").exists()


def test_a_path_of_rules_that_is_not_there_is_misuse(tmp_path, capsys):
    missing = tmp_path / "rules"
    assert ran(tmp_path, rules=[missing]) == 2
    assert f"{missing}: no such file or folder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "english", "vietnamese"),
    [
        ("file/state", "Not a directory; name a folder with --state, this is a file", "hãy chỉ định thư mục bằng"),
        ("/proc/foo", "/proc/foo: No such file or directory; name another folder with --state", "thư mục khác bằng"),
    ],
)
def test_a_state_folder_that_cannot_be_is_told(tmp_path, capsys, monkeypatch, place, english, vietnamese):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LC_ALL", "C")
    assert ran(tmp_path / place) == 1
    said = capsys.readouterr().out
    assert english in said
    assert "Errno" not in said
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert ran(tmp_path / place) == 1
    assert vietnamese in capsys.readouterr().out


def test_a_disk_that_fills_up_meanwhile_is_a_sentence_too(staged, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")

    def play(_stage):
        raise OSError(28, "No space left on device", "/somewhere")

    status, said = staged(play)
    assert status == 1
    assert said[0]["reason"].startswith("/somewhere: No space left on device; the disk is full: make room")


def test_who_is_stopped_before_it_listens_has_ended_all_the_same(staged):
    def play(stage):
        os.kill(os.getpid(), signal.SIGTERM)

    killed_by_it = Ended("collector", -signal.SIGTERM, killed=False)
    status, said = staged(play, ended=[killed_by_it], check=False)
    (stop,) = said
    assert (status, stop["ok"], stop["statuses"], stop["killed"]) == (0, True, {"collector": -15}, [])
    status, said = staged(play, ended=[killed_by_it], check=True)
    assert status == 1
    assert [(line["check"], line["ok"]) for line in said] == [("failed", False), ("stop", True)]


@pytest.mark.parametrize("ended", [Ended("agent", 1, killed=False), Ended("agent", -9, killed=True)])
def test_once_all_is_up_it_has_to_end_well(staged, ended):
    def play(stage):
        stage.up = True

    status, said = staged(play, ended=[ended])
    assert status == 1
    assert [(line["check"], line["ok"]) for line in said] == [("stop", False)]


def test_why_it_failed_is_said_before_it_stops(staged):
    def play(stage):
        raise ChildFailed("the agent ended")

    status, said = staged(play)
    assert status == 1
    assert [(line["check"], line["ok"]) for line in said] == [("failed", False), ("stop", True)]
    assert said[0]["reason"] == "the agent ended"


def test_people_see_that_it_stops(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "play", lambda *_: None)
    monkeypatch.setattr(command.Arena, "make", lambda _: None)
    assert ran(tmp_path / "state") == 0
    assert capsys.readouterr().out.splitlines() == [
        "· Stopping…",
        "✓ All that was started has ended",
        "· All that was checked held",
    ]


def test_a_folder_has_one_demo_and_the_dead_have_no_claim(tmp_path, capsys):
    with (tmp_path / "demo").open("a+") as first, (tmp_path / "demo").open("a+") as second:
        assert command._claimed(first)
        assert not command._claimed(second)
        report = Report(as_json=True)
        command._already(report, tmp_path, second)
        assert report.failed == ["failed"]
        assert "just starting" in capsys.readouterr().out
        busy = Report(as_json=True)
        command._run(busy, tmp_path, Wish(check=True, scoped=True, rules=[], require={}))
        assert "nothing was checked" in capsys.readouterr().out
    with (tmp_path / "demo").open("a+") as third:
        assert command._claimed(third)


def test_state_lies_where_the_desktop_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert command.default_state() == tmp_path / "tramgac-demo"
