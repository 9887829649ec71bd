import os
import time

import pytest
from tramgac_agent.sleep.login import AGAIN_NS, Login

from tests.agent.sleep.bus import Member, bus, released

NAME = "org.freedesktop.login1"


@pytest.fixture
def address(tmp_path):
    with bus(tmp_path) as path:
        yield path


def until(login, holds, now=0, seconds=10):
    """Turn until something holds; the last that was said meanwhile."""
    deadline, word = time.monotonic() + seconds, None
    while not holds() and time.monotonic() < deadline:
        said = login.turn(now)
        word = word if said is None else said
        time.sleep(0.002)
    assert holds()
    return word


def heard(login, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (word := login.turn(0)) is not None:
            return word
        time.sleep(0.002)
    return None


def test_it_is_waited_for_and_hears_before_and_after(address):
    manager, login = Member(address, NAME), Login(address)
    assert login.turn(0) is None
    lock = manager.grant()
    until(login, lambda: login.holds)
    manager.signal(sleeps=True)
    assert heard(login) is True
    assert not released(lock, 0.0)
    login.let_go()
    assert released(lock)
    manager.signal(sleeps=False)
    assert heard(login) is False
    login.hold()
    lock = manager.grant()
    until(login, lambda: login.holds)
    login.hold()
    login.close()
    assert released(lock)
    assert login.fileno() is None
    manager.close()


def test_another_may_say_what_it_likes(address):
    manager, liar, login = Member(address, NAME), Member(address), Login(address)
    login.turn(0)
    lock = manager.grant()
    until(login, lambda: login.holds)
    for to in ("", ":1.2"):
        liar.signal(sleeps=True, to=to)
    assert heard(login, 0.2) is None
    manager.signal(sleeps=True)
    assert heard(login) is True
    for one in (login, manager, liar):
        one.close()
    assert released(lock)


def test_a_manager_that_starts_again_is_asked_again(address):
    first, login = Member(address, NAME), Login(address)
    login.turn(0)
    lock = first.grant()
    until(login, lambda: login.holds)
    first.close()
    until(login, lambda: not login.holds)
    assert released(lock)
    second = Member(address, NAME)
    second.sock.settimeout(0.05)
    deadline, lock = time.monotonic() + 5, None
    while lock is None and time.monotonic() < deadline:
        login.turn(0)
        try:
            lock = second.grant()
        except TimeoutError:
            continue
    until(login, lambda: login.holds)
    second.signal(sleeps=True)
    assert heard(login) is True
    second.close()
    login.close()
    os.close(lock)


def test_where_there_is_no_bus_it_is_looked_for_again_and_where_it_hangs_up_too(tmp_path):
    silent = Login("")
    assert silent.turn(0) is None
    login = Login(str(tmp_path / "bus"))
    assert login.turn(1) is None
    assert login.fileno() is None
    with bus(tmp_path) as address:
        assert login.turn(AGAIN_NS) is None, "not before its time"
        assert login.fileno() is None
        manager = Member(address, NAME)
        login.turn(1 + AGAIN_NS)
        lock = manager.grant()
        until(login, lambda: login.holds, 1 + AGAIN_NS)
        manager.close()
    until(login, lambda: login.fileno() is None, 1 + AGAIN_NS)
    assert released(lock)
    login.hold()
