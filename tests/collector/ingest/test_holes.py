import os

import pytest
from tramgac_collector.errors import LogDamaged, Unreadable
from tramgac_collector.ingest import consume, holes
from tramgac_collector.paths import StatePaths

from tests.collector.ingest.test_log import HOST, Lane, open_log, put

OTHER = "cd" * 16


def write_segments(paths, lanes, batches):
    """A log of many segments; a lane's batch has 2 events."""
    log = open_log(paths, segment_bytes=1 << 16)
    for number in range(batches):
        put(log, lanes[number % len(lanes)], size=20_000).result(10)
    log.close()


def spoil(file, offset):
    """Bit rot."""
    with file.open("r+b") as out:
        out.seek(offset)
        out.write(os.urandom(64))


def hole_of(paths, consumer="judge"):
    """Go through the log as a consumer does, and give the hole it meets."""
    with pytest.raises(Unreadable) as met:
        list(consume(paths, 0))
    holes.record(paths, consumer, met.value)
    return holes.listing(paths)[0]


def told(loss):
    return {(*key, n) for key, (first, last) in loss.lanes.items() for n in range(first, last + 1)}


def held(entries):
    return {(e.host, 9, int(e.batch.lane), n) for e in entries for n in range(e.batch.first, e.batch.first + 2)}


@pytest.mark.parametrize("offset", [0, 45_000], ids=["the whole segment", "its second record"])
def test_what_stood_in_a_hole_is_known_from_both_sides_of_it(tmp_path, offset):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER, lane=2), Lane(OTHER, lane=3)]
    write_segments(paths, lanes, 12)
    there = list(consume(paths, 0))
    damaged = sorted(paths.log_segments.glob("*.log"))[1]
    spoil(damaged, offset)
    hole = hole_of(paths)
    gone = [entry for entry in there if hole.first <= entry.position < hole.next]
    assert len(gone) == (1 if offset else 2)
    assert told(holes.lost(paths, hole)) == held(gone)
    assert holes.lost(paths, hole).final
    evidence = (paths.holes / hole.evidence).read_bytes()
    assert evidence in damaged.read_bytes()
    assert len(evidence) == pytest.approx(40_100 * len(gone), abs=400)


def test_what_nothing_follows_yet_is_known_when_it_does(tmp_path):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER)]
    log = open_log(paths)
    for _ in range(3):
        for lane in lanes:
            put(log, lane, size=5_000).result(10)
    (file,) = paths.log_segments.glob("*.log")
    for offset in (15_000, 5_000):  # one of each lane
        spoil(file, file.stat().st_size - offset)
    hole = hole_of(paths)
    assert (hole.first, hole.next) == (5, 7)
    assert holes.lost(paths, hole) == holes.Loss({}, final=False)
    put(log, lanes[1]).result(10)
    assert holes.lost(paths, hole) == holes.Loss({(OTHER, 9, 1): (5, 6)}, final=False)
    put(log, lanes[0]).result(10)
    assert holes.lost(paths, hole) == holes.Loss({(HOST, 9, 1): (5, 6), (OTHER, 9, 1): (5, 6)}, final=False)
    log.close()


def test_a_batch_that_was_there_in_part_and_one_before_which_the_agent_gave_up(tmp_path):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER)]
    log = open_log(paths)
    twice = [lane.batch(6, size=5_000) for lane in lanes]
    for lane, (batch, after) in zip(lanes, twice, strict=True):
        log.submit(lane.host, 1, 0, batch, after).result(10)
    (file,) = paths.log_segments.glob("*.log")
    spoil(file, 35_000)
    hole = hole_of(paths)
    assert (hole.first, hole.next) == (2, 3)
    lanes[1].next = 10
    batch, after = lanes[1].batch()
    batch.gap = 3
    log.submit(OTHER, 1, 0, batch, after).result(10)
    assert holes.lost(paths, hole).lanes == {(OTHER, 9, 1): (1, 6)}, "seven to nine the agent gave up by itself"
    log.close()


def test_a_lane_that_began_in_the_hole_lost_its_first(tmp_path):
    paths, old, new = StatePaths(tmp_path), Lane(), Lane(OTHER)
    write_segments(paths, [old], 4)
    write_segments(paths, [new], 1)
    write_segments(paths, [old], 8)
    before = list(consume(paths, 0))
    (its,) = [entry.position for entry in before if entry.host == OTHER]
    files = {int(file.stem, 16 if not file.stem.isdigit() else 10): file for file in paths.log_segments.glob("*.log")}
    spoil(files[max(first for first in files if first <= its)], 0)
    assert holes.lost(paths, hole_of(paths)).lanes[OTHER, 9, 1] == (1, 2)


def test_where_nothing_is_known_any_more_nothing_is_claimed(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    write_segments(paths, [lane], 12)
    first, second = sorted(paths.log_segments.glob("*.log"))[:2]
    first.unlink()
    hole = hole_of(paths, "store")
    assert (hole.consumer, hole.first, hole.reason, hole.evidence) == ("store", 0, "log_trimmed", "")
    assert holes.lost(paths, hole) == holes.Loss({}, final=True)
    assert second.exists()


def test_a_hole_is_told_once_and_a_strange_file_is_none(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    for _ in range(2):
        holes.record(paths, "judge", Unreadable(3, 9, "log_damaged", "why", b"what stood there"))
    (paths.holes / "odd.json").write_text("{}")
    (paths.holes / "worse.json").write_text("")
    (paths.holes / "judge-older.json").write_text(
        '{"consumer": "judge", "first": 1, "next": 2, "reason": "log_damaged", "noticed": 5}'
    )
    assert [(hole.first, hole.next) for hole in holes.listing(paths)] == [(3, 9), (1, 2)]
    assert (paths.holes / holes.listing(paths)[0].evidence).read_bytes() == b"what stood there"


def test_marks_of_a_log_that_another_program_wrote_are_unknown(tmp_path, monkeypatch):
    paths = StatePaths(tmp_path)
    write_segments(paths, [Lane()], 3)
    holes.record(paths, "judge", Unreadable(1, 3, "log_damaged", "why"))
    from tramgac_collector.ingest import recovery

    def decode(*_):
        raise LogDamaged("record 0 is of unknown type 9")

    monkeypatch.setattr(recovery, "decode", decode)
    assert holes.lost(paths, holes.listing(paths)[0]).lanes == {}
