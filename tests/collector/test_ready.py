import os
import threading

import pytest
from tramgac_collector import ready
from tramgac_collector.errors import StateError
from tramgac_collector.paths import StatePaths


def test_a_role_says_who_it_is(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    assert ready.pid(paths, "api") == 0
    ready.announce(paths, "api")
    assert ready.pid(paths, "api") == os.getpid()
    assert ready.runs(paths, "api")
    ready.retract(paths, "api")
    ready.retract(paths, "api")
    assert ready.pid(paths, "api") == 0
    assert not ready.runs(paths, "api")
    paths.ready("api").write_text("torn")
    assert ready.pid(paths, "api") == 0


def test_one_supervisor_has_the_directory_and_others_see_that(tmp_path):
    paths = StatePaths(tmp_path)
    assert not ready.held(paths)
    paths.make()
    assert not ready.held(paths)
    with ready.alone(paths):
        assert ready.held(paths)
        with pytest.raises(StateError, match="is starting in"), ready.alone(paths):
            pass
        ready.announce(paths, ready.NAME)
        with pytest.raises(StateError, match=rf"runs in .* already \(pid {os.getpid()}\)"), ready.alone(paths):
            pass
    assert not ready.held(paths)


def test_whoever_only_looks_is_in_nobodys_way(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    over = threading.Event()

    def look():
        while not over.is_set():
            ready.held(paths)

    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(50):
            with ready.alone(paths):
                assert ready.held(paths)
    finally:
        over.set()
        for watcher in watchers:
            watcher.join()
