import os

import pytest
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest import consume, holes
from tramgac_collector.paths import StatePaths
from tramgac_wire import errors

from tests.collector.ingest.test_log import HOST, Lane, open_log, put

OTHER = "cd" * 16


def write_segments(paths, lanes, batches):
    """A log of many segments; a lane's batch has 2 events."""
    log = open_log(paths, segment_bytes=1 << 16)
    for number in range(batches):
        put(log, lanes[number % len(lanes)], size=20_000).result(10)
    log.close()


def spoil(file, offset):
    """Bit rot: from here on nothing in the segment can be read."""
    with file.open("r+b") as out:
        out.seek(offset)
        out.write(os.urandom(64))


def hole_of(paths, consumer="judge"):
    """Go through the log as a consumer does, and give the hole it meets."""
    with pytest.raises(errors.LogDamaged) as met:
        list(consume(paths, 0))
    holes.record(paths, consumer, met.value.position, met.value.resume, "log_damaged")
    return holes.listing(paths)[0]


@pytest.mark.parametrize("offset", [0, 45_000], ids=["the whole segment", "from its second record"])
def test_what_stood_in_a_hole_is_known_from_both_sides_of_it(tmp_path, offset):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER, lane=2), Lane(OTHER, lane=3)]
    write_segments(paths, lanes, 12)
    there = list(consume(paths, 0))
    spoil(sorted(paths.log_segments.glob("*.log"))[1], offset)
    hole = hole_of(paths)
    gone = [entry for entry in there if hole.first <= entry.position < hole.next]
    assert gone
    told = {
        (entry.host, 9, int(entry.batch.lane), sequence)
        for entry in gone
        for sequence in range(entry.batch.first, entry.batch.first + 2)
    }
    assert {(*key, n) for key, (first, last) in holes.lost(paths, hole).items() for n in range(first, last + 1)} == told


def test_a_lane_that_began_in_the_hole_lost_its_first(tmp_path):
    paths, old, new = StatePaths(tmp_path), Lane(), Lane(OTHER)
    write_segments(paths, [old], 4)
    write_segments(paths, [new], 1)
    write_segments(paths, [old], 8)
    before = list(consume(paths, 0))
    (its,) = [entry.position for entry in before if entry.host == OTHER]
    files = {int(file.stem, 16 if not file.stem.isdigit() else 10): file for file in paths.log_segments.glob("*.log")}
    spoil(files[max(first for first in files if first <= its)], 0)
    assert holes.lost(paths, hole_of(paths))[OTHER, 9, 1] == (1, 2)


def test_where_nothing_is_known_any_more_nothing_is_claimed(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    write_segments(paths, [lane], 12)
    first, second = sorted(paths.log_segments.glob("*.log"))[:2]
    first.unlink()
    with pytest.raises(errors.LogTrimmed) as gone:
        list(consume(paths, 0))
    holes.record(paths, "store", 0, gone.value.first, "log_trimmed")
    (hole,) = holes.listing(paths)
    assert (hole.consumer, hole.first, hole.reason) == ("store", 0, "log_trimmed")
    assert holes.lost(paths, hole) == {}
    assert second.exists()


def test_a_hole_is_told_once_and_a_strange_file_is_none(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    for _ in range(2):
        holes.record(paths, "judge", 3, 9, "log_damaged")
    (paths.holes / "odd.json").write_text("{}")
    (paths.holes / "worse.json").write_text("")
    assert [(hole.first, hole.next) for hole in holes.listing(paths)] == [(3, 9)]


def test_marks_of_a_log_that_another_program_wrote_are_unknown(tmp_path, monkeypatch):
    paths = StatePaths(tmp_path)
    write_segments(paths, [Lane()], 3)
    holes.record(paths, "judge", 1, 3, "log_damaged")
    from tramgac_collector.ingest import recovery

    def decode(*_):
        raise LogDamaged("record 0 is of unknown type 9")

    monkeypatch.setattr(recovery, "decode", decode)
    assert holes.lost(paths, holes.listing(paths)[0]) == {}
    assert HOST
