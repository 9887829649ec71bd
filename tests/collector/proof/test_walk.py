import dataclasses

import pytest
from tramgac_collector.ingest import attestation as attested
from tramgac_collector.ingest import head, open_reader
from tramgac_collector.ingest.entry import Entry, Mark, decode, encode, encode_snapshot
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.walk import Walk, begin
from tramgac_proto.event_pb2 import Event, LaneLedger
from tramgac_wire import chain
from tramgac_wire.batch import pack, unpack

from tests.collector.proof.logs import EPOCH, Host, alter, open_log

# Where what stands in the log of `whole`: 0 is the snapshot.
BATCH, SECOND, OTHER, FIRST_SIGNED, THIRD, FOURTH, SIGNED = 1, 2, 3, 4, 5, 6, 7


@pytest.fixture
def whole(tmp_path):
    """Two hosts' log: three and three events, another host's, signed; three and three, signed."""
    paths, host, other = StatePaths(tmp_path), Host(), Host()
    log = open_log(paths)
    for _ in range(2):
        host.send(log)
    other.send(log)
    assert host.sign(log) == FIRST_SIGNED
    for _ in range(2):
        host.send(log)
    assert host.sign(log) == SIGNED
    log.close()
    return paths, host, other


def walk(paths, kept=(), start=0, **options):
    made = Walk(open_reader(paths), head(paths), **options)
    found = list(made.findings(start, kept))
    return [(one.kind, one.position, one.first, one.last) for one in found], found, made.totals


def batch_of(payload) -> Entry:
    entry = decode(0, payload)
    assert isinstance(entry, Entry)
    return entry


def anew(payload, *, blobs=None, previous=None, **changes):
    """A batch's record with other events or another chain before it, and the chain after it made to fit."""
    entry = batch_of(payload)
    blobs = blobs or unpack(entry.batch)
    previous = previous or entry.batch.previous
    batch = pack(EPOCH, 1, entry.batch.first, previous, blobs, **changes)
    return encode(entry.host, entry.received, entry.skip, chain.extend(previous, blobs), batch)


def test_a_log_that_nobody_touched_is_proven(whole):
    paths, host, other = whole
    told, _, totals = walk(paths, [host.said()])
    assert told == []
    assert (totals.events, totals.attested, totals.checkpoints, totals.lanes, totals.segments) == (15, 12, 2, 2, 1)
    assert walk(paths, hosts=lambda one: one == other.id)[2].events == 3
    assert totals.as_json()["ok"] is True


def test_an_event_that_was_changed_is_located(whole):
    paths, host, _ = whole

    def change(records):
        entry = batch_of(records[SECOND])
        blobs = [*unpack(entry.batch)[:2], b"other"]
        changed = pack(EPOCH, 1, entry.batch.first, entry.batch.previous, blobs)
        records[SECOND] = encode(entry.host, entry.received, 0, entry.chain, changed)

    alter(paths, change)
    told, (found,), totals = walk(paths)
    assert told == [("altered", SECOND, 4, 6)]
    assert (found.host, found.epoch, found.lane, found.segment) == (host.id, EPOCH, 1, f"{0:016x}.log")
    assert totals.as_json()["findings"] == {"altered": 1}


def test_one_flipped_bit_with_a_checksum_that_is_right_is_located(whole):
    paths, _, _ = whole

    def change(records):
        records[SECOND] = records[SECOND][:-1] + bytes([records[SECOND][-1] ^ 1])

    alter(paths, change)
    assert {(kind, at) for kind, at, _, _ in walk(paths)[0]} & {("garbage", SECOND), ("altered", SECOND)}


def test_whoever_makes_the_chain_fit_meets_the_next_batch(whole):
    paths, _, _ = whole
    alter(paths, lambda records: records.__setitem__(THIRD, anew(records[THIRD], blobs=[b"x", b"y", b"z"])))
    assert walk(paths)[0] == [("broken", FOURTH, 7, 9)]


def test_whoever_makes_all_chains_fit_meets_the_signature(whole):
    paths, _, _ = whole

    def change(records):
        records[THIRD] = anew(records[THIRD], blobs=[b"x", b"y", b"z"])
        records[FOURTH] = anew(records[FOURTH], previous=batch_of(records[THIRD]).chain)

    alter(paths, change)
    assert walk(paths)[0] == [("contradicted", SIGNED, 7, 12)]


@pytest.mark.parametrize("also_signed", [False, True])
def test_a_batch_that_was_taken_out_is_located(whole, also_signed):
    paths, host, _ = whole

    def change(records):
        del records[FOURTH : SIGNED + 1 if also_signed else SIGNED]

    alter(paths, change)
    # With its signature it is missed by what is kept beside the log.
    wanted = ("cut", FOURTH, 10, 12) if also_signed else ("removed", FOURTH, 10, 12)
    assert wanted in walk(paths, [host.said()])[0]
    alter(paths, lambda records: records.pop(SECOND))
    assert ("missing", THIRD - 1, 4, 6) in walk(paths)[0]


def test_batches_that_changed_places_are_located(whole):
    paths, _, _ = whole

    def change(records):
        records[BATCH], records[SECOND] = records[SECOND], records[BATCH]

    alter(paths, change)
    assert walk(paths)[0][:2] == [("missing", BATCH, 1, 3), ("repeated", SECOND, 1, 3)]


def test_a_batch_that_is_there_again_is_located(whole):
    paths, _, _ = whole
    alter(paths, lambda records: records.append(records[THIRD]))
    assert walk(paths)[0] == [("repeated", SIGNED + 1, 7, 9)]


def test_a_signature_of_another_is_located(whole):
    paths, host, other = whole
    said = dataclasses.replace(host.said(), key=other.said().key)
    alter(paths, lambda records: records.__setitem__(SIGNED, attested.encode(said)))
    assert walk(paths)[0] == [("forged", SIGNED, 12, 12)]
    assert walk(paths, [said])[0][1:] == [("forged", SIGNED + 1, 12, 12)]


def test_a_log_that_ends_before_its_head_was_cut(whole):
    paths, host, _ = whole
    alter(paths, lambda records: records.__delitem__(slice(FIRST_SIGNED + 1, None)))
    paths.log_head.write_bytes((SIGNED + 1).to_bytes(8, "little"))
    assert walk(paths, [host.said()])[0] == [("unreadable", 5, 5, 7), ("cut", 8, 7, 12)]
    for file in paths.log_segments.glob("*.log"):
        file.unlink()
    assert walk(paths)[0] == [("unreadable", 0, 0, 7)]


def test_records_of_different_hosts_that_changed_places_came_before_their_time(tmp_path):
    paths, host, other = StatePaths(tmp_path), Host(), Host()
    log = open_log(paths)
    host.send(log, received=5)
    other.send(log, received=6)
    log.close()
    alter(paths, lambda records: records.insert(1, records.pop(2)))
    assert walk(paths)[0] == [("order", 2, 1, 1)]


def test_what_cannot_be_read_is_located_and_the_walk_goes_on(whole):
    paths, _, _ = whole
    (file,) = paths.log_segments.glob("*.log")
    raw = bytearray(file.read_bytes())
    raw[60] ^= 0xFF
    file.write_bytes(raw)
    told = walk(paths)[0]
    assert told[0][0] == "unreadable"
    assert ("missing", SECOND, 1, 3) in told


def test_watermarks_that_were_invented_are_located(tmp_path):
    paths, host = StatePaths(tmp_path), Host()
    log = open_log(paths, segment_bytes=400)
    for _ in range(6):
        host.send(log)
    host.sign(log)
    log.close()
    assert len(open_reader(paths).segments()) > 2
    assert walk(paths, [host.said()])[0] == []
    alter(paths, lambda records: records.__setitem__(0, encode_snapshot({})), number=1)  # of a host it says nothing
    assert walk(paths)[0] == []
    snapshot = {(host.id, EPOCH, 2): Mark(3, bytes(32))}
    alter(paths, lambda records: records.__setitem__(0, encode_snapshot(snapshot)), number=1)
    assert [kind for kind, *_ in walk(paths)[0]] == ["snapshot"]


def test_a_walk_may_begin_at_a_later_segment(tmp_path):
    paths, host = StatePaths(tmp_path), Host()
    log = open_log(paths, segment_bytes=400)
    for number in range(6):
        host.send(log, received=number + 1)
    host.sign(log)
    log.close()
    reader = open_reader(paths)
    start = begin(reader, 5)
    assert start > 0
    told, _, totals = walk(paths, [host.said()], start=start)
    assert told == []
    assert 0 < totals.events == totals.attested < 18
    assert begin(reader, 0) == 0


def health(time: int, dropped: int) -> bytes:
    event = Event(time=time)
    event.health.lanes.append(LaneLedger(lane=1, emitted=9, dropped={"spool_full": dropped}))
    return event.SerializeToString()


@pytest.mark.parametrize(("dropped", "found"), [(4, []), (0, ["unaccounted"])])
def test_a_gap_that_the_agent_does_not_know_of_is_told(tmp_path, dropped, found):
    paths, host = StatePaths(tmp_path), Host()
    log = open_log(paths)
    host.send(log)
    host.send(log, lost=4, received=10)
    host.send(log, lane=2, blobs=[health(11, 0)])  # made before that: it may not know
    log.close()
    assert walk(paths)[0] == []
    log = open_log(paths)
    host.send(log, lane=2, blobs=[health(10**12, dropped)])
    host.sign(log)
    log.close()
    told, _, totals = walk(paths)
    assert [kind for kind, *_ in told] == found
    assert totals.gaps == 4
