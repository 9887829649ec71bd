import os

from tramgac_collector import ready
from tramgac_collector.paths import StatePaths


def test_a_role_says_who_it_is(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    assert ready.pid(paths, "api") == 0
    ready.announce(paths, "api")
    assert ready.pid(paths, "api") == os.getpid()
    ready.retract(paths, "api")
    ready.retract(paths, "api")
    assert ready.pid(paths, "api") == 0
    paths.ready("api").write_text("torn")
    assert ready.pid(paths, "api") == 0
