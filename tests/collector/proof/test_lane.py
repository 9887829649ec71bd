from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Entry, Mark
from tramgac_collector.proof.lane import BORDERS, LaneProof
from tramgac_wire import chain
from tramgac_wire.batch import pack

HOST = "ab" * 16


def entries(counts: list[int]) -> list[tuple[Entry, list[bytes]]]:
    made, first, before = [], 1, chain.START
    for position, count in enumerate(counts):
        blobs = [b"%d" % number for number in range(first, first + count)]
        after = chain.extend(before, blobs)
        made.append((Entry(position, HOST, 1, 0, after, pack(9, 1, first, before, blobs)), blobs))
        first, before = first + count, after
    return made


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=6), st.data())
def test_a_run_is_whole_only_in_its_order_and_complete(counts, data):
    run = entries(counts)
    lane = LaneProof()
    assert [place for entry, blobs in run for place in lane.take(entry, blobs)] == []
    assert lane.agrees(Mark(sum(counts), run[-1][0].chain))
    order = data.draw(st.permutations(range(len(run))))
    taken = order[: data.draw(st.integers(1, len(run)))]
    lane = LaneProof()
    places = [place for at in taken for place in lane.take(*run[at])]
    assert (places == []) == (taken == list(range(len(taken))))


def said(sequence: int, end: bytes) -> Attestation:
    return Attestation(HOST, 1, 9, 1, sequence, end, bytes(33), b"")


def test_what_was_signed_proves_all_before_it_or_nothing_after():
    run = entries([2, 2, 2])
    lane = LaneProof.at(Mark(0, chain.START))
    for entry, blobs in run:
        assert list(lane.take(entry, blobs)) == []
    assert list(lane.vouch(said(4, run[1][0].chain))) == []
    assert (lane.attested, lane.proven, lane.events) == (4, 4, 6)
    assert not lane.placed(said(3, chain.START))
    assert list(lane.vouch(said(3, chain.START))) == []  # inside of a batch nothing is known
    assert list(lane.vouch(said(8, chain.START))) == [("removed", 7, 8)]
    assert list(lane.vouch(said(6, chain.START))) == [("contradicted", 5, 6)]
    assert list(lane.vouch(said(6, run[2][0].chain))) == []
    assert lane.proven == 4


def test_few_borders_are_remembered():
    run = entries([1] * (BORDERS + 2))
    lane = LaneProof()
    for entry, blobs in run:
        list(lane.take(entry, blobs))
    assert not lane.placed(said(1, run[0][0].chain))
    lane.adopt(Mark(99_999, chain.START))
    assert lane.agrees(Mark(99_999, chain.START))
