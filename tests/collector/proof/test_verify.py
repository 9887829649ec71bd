import pytest
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.verify import kept, open_walk

from tests.collector.proof.logs import Host, open_log


def test_a_walk_tells_how_far_it_is_and_looks_at_whom_it_is_told(tmp_path):
    paths, hosts = StatePaths(tmp_path), [Host(), Host()]
    log = open_log(paths)
    for host in hosts:
        host.send(log)
    log.close()
    told = []
    walk, start = open_walk(paths, host=hosts[0].id[:8], progress=lambda done, of: told.append((done, of)))
    assert list(walk.findings(start)) == []
    assert (start, walk.totals.batches, told) == (0, 1, [(0, 3)])


def test_where_there_is_nothing(tmp_path):
    paths = StatePaths(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_walk(paths)
    assert kept(paths)[0] == []
    paths.make()
    with pytest.raises(FileNotFoundError):
        open_walk(paths)
    assert not paths.control_database.exists()
