import sys
import time

import pytest
from tramgac_collector.demo.children import ChildFailed, Children

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def children(tmp_path):
    started = Children(tmp_path / "logs")
    yield started
    started.stop(0.1)


def test_all_end_when_told(children):
    polite = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(60)"
    )
    child = children.start("sleeper", sys.executable, "-c", polite)
    while "up" not in children.tail("sleeper"):
        time.sleep(0.01)
    assert children.stop()
    assert child.returncode == 0


def test_one_that_ends_badly_when_told_is_not_clean(children):
    children.start("sleeper", sys.executable, "-c", SLEEP)
    assert not children.stop()


def test_one_that_does_not_listen_is_killed(children, tmp_path):
    ready = tmp_path / "ready"
    deaf = (
        "import signal, time, pathlib; signal.signal(15, signal.SIG_IGN); pathlib.Path(r'%s').touch(); time.sleep(60)"
    )
    child = children.start("deaf", sys.executable, "-c", deaf % ready)
    children.wait_for("deaf", ready, 10)
    assert not children.stop(0.1)
    assert child.returncode == -9


def test_one_that_ends_by_itself_is_told_with_its_last_words(children, tmp_path):
    children.start("short", sys.executable, "-c", "raise SystemExit('no room')").wait()
    with pytest.raises(ChildFailed, match="short ended with exit status 1: no room"):
        children.wait_for("short", tmp_path / "never", 5)


def test_waiting_too_long_is_told(children, tmp_path):
    children.start("sleeper", sys.executable, "-c", SLEEP)
    with pytest.raises(ChildFailed, match=r"sleeper was not ready within 0\.1 s"):
        children.wait_for("sleeper", tmp_path / "never", 0.1)


def test_a_command_that_fails_says_why(children):
    with pytest.raises(ChildFailed, match="enrol: token is used"):
        children.run("enrol", sys.executable, "-c", "raise SystemExit('token is used')")
