import os

import pytest
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.pinning import pinned
from tramgac_collector.ingest import head, tell_cursor
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.walk import Walk
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import LogReader

from tests.collector.proof.logs import Host, open_log


def test_the_log_is_held_while_it_grows_and_is_trimmed(tmp_path):
    paths, host = StatePaths(tmp_path / "state"), Host()
    log = open_log(paths, segment_bytes=300)
    for _ in range(4):
        host.send(log)
    tell_cursor(paths, "judge", 2)
    with pinned(paths) as held:
        before = held.head
        tell_cursor(paths, "judge", 3)
        first = min(paths.log_segments.glob("*.log"))
        first.unlink()  # trimmed
        for _ in range(3):
            host.send(log)
        held.look()
        assert held.head == head(paths) > before
        host.send(log)  # after that: it is not in it
        sources = held.sources()
        assert [source.fixed for source in sources] == [True] * (len(sources) - 1) + [False]
        (tmp_path / "copy").mkdir()
        for source in sources:
            (tmp_path / "copy" / source.file.name).write_bytes(source.file.read_bytes()[: source.size])
        assert held.cursors["cursor-judge"] == (2).to_bytes(8, "little")
        with pytest.raises(BackupError, match="another backup"), pinned(paths):
            pass
    log.close()
    assert not (paths.log / "pinned").exists()
    walk = Walk(LogReader(OsFileSystem(), str(tmp_path / "copy")), held.head)
    assert list(walk.findings(0)) == []
    assert walk.totals.events == 21


def test_a_new_log_and_one_whose_end_cannot_be_read(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    (paths.log / "pinned").mkdir()
    (paths.log / "pinned" / f"{7:016x}.log").touch()  # left by one that was killed
    with pinned(paths) as held:
        assert (held.sources(), held.cursors) == ([], {})
    (paths.log_segments / f"{0:016x}.log").write_bytes(os.urandom(100))
    paths.log_head.write_bytes((5).to_bytes(8, "little"))
    with pinned(paths) as held:
        assert [source.size for source in held.sources()] == [100]
