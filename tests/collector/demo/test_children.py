import signal
import sys

import pytest
from tramgac_collector.demo import interrupts
from tramgac_collector.demo.children import GRACE_S, ChildFailed, Children, Ended, _session
from tramgac_collector.demo.interrupts import Stopped
from tramgac_collector.supervisor import END_S

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def children(tmp_path):
    started = Children(tmp_path / "logs")
    yield started
    started.stop(0.1)


def until_up(children, name="sleeper"):
    while "up" not in children.tail(name):
        children.check()


def test_all_end_when_told(children):
    polite = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(60)"
    )
    children.start("sleeper", sys.executable, "-c", polite)
    until_up(children)
    assert children.stop() == [Ended("sleeper", 0, False)]
    assert children.stop() == []


def test_one_without_a_handler_has_ended_all_the_same(children):
    children.start("sleeper", sys.executable, "-c", SLEEP)
    assert children.stop() == [Ended("sleeper", -signal.SIGTERM, False)]


def test_one_that_does_not_listen_is_killed(children, tmp_path):
    ready = tmp_path / "ready"
    deaf = (
        "import signal, time, pathlib; signal.signal(15, signal.SIG_IGN); pathlib.Path(r'%s').touch(); time.sleep(60)"
    )
    children.start("deaf", sys.executable, "-c", deaf % ready)
    children.wait_for("deaf", ready, 10)
    assert children.stop(0.1) == [Ended("deaf", -signal.SIGKILL, True)]


def test_what_a_program_left_behind_is_killed_and_told(children, monkeypatch):
    monkeypatch.setattr("tramgac_collector.demo.children._LEAVING_S", 0.1)
    children.start("sleeper", "sh", "-c", "trap '' TERM; sleep 60 & echo up; wait; exec sleep 60")
    until_up(children)
    leader = children.processes[0].pid
    assert len(_session(leader)) == 2
    assert children.stop(0.1)[0].killed
    assert _session(leader) == []


def test_who_was_stopped_before_is_told_at_the_end(children):
    for name in ("first", "second"):
        children.start(name, sys.executable, "-c", SLEEP)
    children.stop_one("first")
    assert [ended.name for ended in children.stop()] == ["first", "second"]


def test_one_that_ends_by_itself_is_told_with_its_last_words(children, tmp_path):
    children.start("short", sys.executable, "-c", "raise SystemExit('no room')").wait()
    with pytest.raises(ChildFailed, match=r"short ended with exit status 1; its log .*short\.log ends:\nno room"):
        children.wait_for("short", tmp_path / "never", 5)


def test_waiting_too_long_is_told(children, tmp_path):
    children.start("sleeper", sys.executable, "-c", SLEEP)
    with pytest.raises(ChildFailed, match="sleeper was not ready within 100 ms"):
        children.wait_for("sleeper", tmp_path / "never", 0.1)


def test_the_collector_ends_its_roles_before_it_is_killed_itself():
    assert sum(END_S.values()) < GRACE_S


def test_a_command_that_fails_says_why(children):
    with pytest.raises(ChildFailed, match="enrol: token is used"):
        children.run("enrol", sys.executable, "-c", "raise SystemExit(f'{input()} is used')", text="token\n")
    children.run("enrol", sys.executable, "-c", "pass")
    assert children.processes == []


def test_a_command_that_hangs_is_told_and_ended_with_the_rest(children, monkeypatch):
    monkeypatch.setattr("tramgac_collector.demo.children._RUN_S", 0.1)
    with pytest.raises(ChildFailed, match="init was not ready within 100 ms"):
        children.run("init", sys.executable, "-c", SLEEP)
    assert [ended.name for ended in children.stop()] == ["init"]


def test_a_command_that_is_broken_off_is_ended_with_the_rest(children):
    with interrupts.restored():
        interrupts.catch()
        breaks = "import os, signal, time; os.kill(os.getppid(), signal.SIGTERM); time.sleep(60)"
        with pytest.raises(Stopped):
            children.run("init", sys.executable, "-c", breaks)
    assert children.stop() == [Ended("init", -signal.SIGTERM, False)]
