import gzip
import json
import os
import threading

import pytest
from backports import zstd
from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.parts import WHOLE, cut, parts

from tests.collector.matching.evtx_making import CHUNK, HEADER, event
from tests.collector.matching.evtx_making import evtx as made

LINES = "".join(json.dumps({"EventID": number, "Channel": "c"}) + "\n" for number in range(300))


def whole(entries):
    return [(entry.index, entry.record, entry.problem) for entry in entries]


def joined(parts):
    found = []
    for part in parts:
        first = len(found)
        found += [(first + entry.index, entry.record, entry.problem) for entry in part.entries()]
    return found


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_lines_in_parts_are_the_lines_of_the_file(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(jsonfile, "_PIECE", 1_000)
    path = tmp_path / "x.jsonl"
    path.write_bytes(pack((LINES + "broken\n").encode()))
    parts = list(cut(path))
    assert len(parts) > 5
    assert all(part.size < 1_100 for part in parts)
    assert joined(parts) == whole(jsonfile.entries(path))
    assert parts[-1].read == path.stat().st_size


def test_chunks_in_parts_are_the_records_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(evtx, "_PIECE", 2)
    path = tmp_path / "x"  # no name that tells it
    one, _ = made(*(event("c", str(number), str(number), {}) for number in range(2)))
    header, chunk = one[:HEADER], one[HEADER:]
    path.write_bytes(header + chunk * 3 + b"x" * CHUNK + chunk * 2)
    parts = list(cut(path))
    assert len(parts) == 3
    assert joined(parts) == whole(evtx.entries(path))
    assert [entry[1] is None for entry in joined(parts)] == [False] * 6 + [True] + [False] * 4


def test_a_damaged_rest_is_told_after_what_could_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonfile, "_PIECE", 1_000)
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(LINES.encode())[:-20])
    found = []
    with pytest.raises(Broken):
        found.extend(cut(path))
    assert found


def test_a_pipe_is_read_as_a_file_is(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(LINES,))
    writer.start()
    assert len(joined(parts(path))) == 300
    writer.join()


def test_objects_over_many_lines_are_one_part(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps([json.loads(line) for line in LINES.splitlines()], indent=1))
    (part,) = cut(path)
    assert len(list(part.entries())) == 300


def test_a_small_file_is_a_part_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonfile, "_PIECE", 1_000)
    path = tmp_path / "x.jsonl"
    path.write_text(LINES + "broken\n")
    (part,) = parts(path)
    assert part.path == path
    assert part.size == part.read == path.stat().st_size
    assert whole(part.entries()) == whole(jsonfile.entries(path))
    assert joined(cut(path)) == whole(part.entries())


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_what_may_hold_anything_is_cut(tmp_path, pack):
    path = tmp_path / "x.jsonl"
    path.write_bytes(pack(LINES.encode()))
    assert all(part.path is None for part in parts(path))
    path.write_text("{}\n" * WHOLE)
    assert all(part.path is None for part in parts(path))


def test_a_whole_file_that_is_damaged_tells_so_after_what_could_be_read(tmp_path):
    path = tmp_path / "x.evtx"
    one, _ = made(*(event("c", str(number), str(number), {}) for number in range(2)), chunks=3)
    path.write_bytes(one)
    (part,) = parts(path)
    found = []
    with pytest.raises(Broken):
        found.extend(part.entries())
    assert len(found) == 2


def test_nothing_has_no_parts(tmp_path):
    (tmp_path / "x.json").write_bytes(b"")
    assert not list(cut(tmp_path / "x.json"))
    with pytest.raises(OSError, match="No such"):
        list(cut(tmp_path / "x.jsonl"))
    with pytest.raises(OSError, match="No such"):
        list(parts(tmp_path / "x.jsonl"))
