import errno
import os

import pytest
from tramgac_collector.ingest import head
from tramgac_collector.ingest.headfile import HeadFile
from tramgac_collector.paths import StatePaths


def test_what_is_told_is_read_and_a_failure_leaves_it(tmp_path, monkeypatch):
    paths = StatePaths(tmp_path)
    paths.make()
    file = HeadFile(paths)
    file.tell(7)

    def fail(*_):
        raise OSError(errno.EIO, "I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", fail)
        with pytest.raises(OSError, match="I/O"):
            file.tell(8)
    assert (head(paths), file.late) == (7, True)
    file.tell(9)
    assert (head(paths), file.late) == (9, False)
    file.close()
