import pyarrow as pa
from tramgac_collector.events import block
from tramgac_collector.ingest import Entry
from tramgac_proto.event_pb2 import Event
from tramgac_wire.batch import pack

from tests.collector.ingest.test_log import HOST

DAY = 86_400_000_000_000


def entry(position, blobs, *, skip=0, received=1):
    return Entry(position, HOST, received, skip, bytes(32), pack(9, 1, 1, bytes(32), blobs))


def test_entries_are_cut_by_size_and_by_day():
    few = [entry(n, [b"\x08"], received=n) for n in range(5)]
    assert [len(run) for run in block.blocks(few)] == [5]
    days = [entry(1, [b"x"], received=DAY - 1), entry(2, [b"x"], received=DAY), entry(3, [b"x"], received=DAY)]
    assert [[e.position for e in run] for run in block.blocks(days)] == [[1], [2, 3]]
    many = [entry(n, [b"x"] * 2_000) for n in range(60)]
    runs = list(block.blocks(many))
    assert [e.position for run in runs for e in run] == list(range(60))
    assert all(sum(e.batch.count for e in run) <= block.MAX_ROWS for run in runs)


def test_columns_are_as_long_as_the_block_and_absent_ones_are_left_out():
    one, two = Event(time=1), Event(time=2)
    one.process_start.process.command_line = "true"
    two.file_create.path = "/x"
    built = block.build(1, [entry(0, [one.SerializeToString(), two.SerializeToString()])])
    table = block.table(built)
    assert table.num_rows == 2
    assert table["process_command_line"].to_pylist() == ["", "true"]
    assert table["file_path"].to_pylist() == ["/x", ""]
    assert table["kind"].to_pylist() == ["file_create", "process_start"]
    assert table["time"].cast(pa.int64()).to_pylist() == [2, 1]
    assert "destination_ip" not in table.column_names


def test_skipped_events_are_not_there():
    blobs = [Event(time=n).SerializeToString() for n in (1, 2, 3)]
    assert block.table(block.build(1, [entry(0, blobs, skip=2)]))["sequence"].to_pylist() == [3]


def test_a_block_of_many_pieces_is_the_block_of_one(monkeypatch):
    started, log = Event(time=2), Event(time=1)
    started.process_start.process.pid = 7
    log.event_log.data["User"] = "an"
    blobs = [started.SerializeToString(), log.SerializeToString()]
    them = [entry(n, [*blobs, b"\xff"], received=n + 1) for n in range(5)]
    one = block.build(1, them)
    monkeypatch.setattr(block, "PIECE", 3)
    many = block.build(1, them)
    assert len(many.parts) > len(one.parts)
    assert block.table(many).to_pylist() == block.table(one).to_pylist()
    assert many.rows == one.rows == 10
    assert many.poison == one.poison
    assert len(one.poison) == 5


def test_an_entry_that_does_not_unpack_is_poison_whole():
    bad = entry(4, [b"x"])
    bad.batch.events = b"garbage"
    built = block.build(1, [bad, entry(5, [Event(time=1).SerializeToString()])])
    assert [poison.entry.position for poison in built.poison] == [4]
    assert built.rows == 1
    assert built.next == 6


def test_kinds_stand_together_each_row_with_its_place_and_its_own_values():
    log, started = Event(time=1), Event(time=2)
    log.event_log.data.update({"Image": "a.exe", "User": "an"})
    started.process_start.process.pid = 7
    blobs = [log.SerializeToString(), started.SerializeToString(), log.SerializeToString()]
    built = block.build(3, [entry(4, blobs, received=8), entry(6, blobs[:2], received=9)])
    rows = block.table(built).to_pylist()
    assert [(row["kind"], row["offset"], row["sequence"], row["process_pid"]) for row in rows] == [
        ("event_log", 4, 1, 0),
        ("event_log", 4, 3, 0),
        ("event_log", 6, 1, 0),
        ("process_start", 4, 2, 7),
        ("process_start", 6, 2, 7),
    ]
    assert {(row["log"], row["host"], row["epoch"], row["lane"]) for row in rows} == {(3, HOST, 9, 1)}
    assert [dict(row["winlog_event_data"]) for row in rows[:2]] == [{"Image": "a.exe", "User": "an"}] * 2
    assert rows[3]["winlog_event_data"] == []
