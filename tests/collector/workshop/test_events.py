import gzip
import json

import pytest
from tramgac_collector.workshop.events import Reading, sources

from tests.collector.matching.evtx_making import event, evtx
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


def told(paths):
    reading = Reading()
    found = list(reading.entries(sources(paths)))
    assert all(entry.record is not None for _, entry in found)
    assert len(found) == reading.count
    return reading.count, [(p.path, p.severity, p.kind, str(p.message)) for p in reading.problems(paths)]


def test_what_cannot_be_read_is_told_by_file_and_the_rest_is_read(tmp_path):
    line = json.dumps(exported("x")) + "\n"
    (tmp_path / "a.evtx").write_bytes(b"no event log")
    (tmp_path / "b.evtx").write_bytes(evtx(event("c", "1", "1", {"A": "x"}))[0][:5_000])
    (tmp_path / "c.jsonl").write_text(f"{line}nothing\n{{}}\n{line}")
    (tmp_path / "d.json.gz").write_bytes(gzip.compress(line.encode())[:-9])
    count, problems = told([tmp_path])
    assert count >= 2
    assert {(path.rpartition("/")[2], severity, kind) for path, severity, kind, _ in problems} == {
        (name, "warning", "events") for name in ("a.evtx", "b.evtx", "c.jsonl", "d.json.gz")
    }
    (said,) = [message for path, *_, message in problems if path.endswith("c.jsonl")]
    assert said.startswith("records that cannot be read: 2, first 1: not JSON")


def test_nothing_that_can_be_read_is_an_error(tmp_path):
    assert told([tmp_path]) == (
        0,
        [(str(tmp_path), "error", "events", "no event could be read: nothing was judged")],
    )
    (tmp_path / "a.jsonl").write_text("{}\n")
    count, problems = told([tmp_path])
    assert (count, [severity for _, severity, _, _ in problems]) == (0, ["warning", "error"])
