import gzip
import json

import pytest
from tramgac_collector.workshop.events import sources

from tests.collector.workshop.conftest import exported


def test_files_and_folders_of_events(tmp_path):
    line = json.dumps(exported("x")) + "\n"
    (tmp_path / "b.jsonl").write_text(line * 2)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.json.gz").write_bytes(gzip.compress(line.encode()))
    (tmp_path / "notes.txt").write_text("no events")
    found = [(source.name, len(list(source.entries))) for source in sources([tmp_path, tmp_path / "b.jsonl"])]
    assert found == [
        (str(tmp_path / "a" / "c.json.gz"), 1),
        (str(tmp_path / "b.jsonl"), 2),
        (str(tmp_path / "b.jsonl"), 2),
    ]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(sources([tmp_path / "none.json"]))
