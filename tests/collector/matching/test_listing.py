import pytest
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.records import Entry

from tests.rules.making import record


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text("value,expires\nevil.example,2026-01-31\n198.51.100.7,\n10.0.0.1,\nx,\n")
    return Listing.read([path])


def ids(listing, time="2026-01-30", **fields):
    return [rule["id"] for rule, _ in listing.detections(Entry(0, record(fields), None, time))]


def test_what_a_record_meets(listing):
    assert ids(listing, QueryName="evil.example", DestinationIp="198.51.100.7") == [
        "indicator:domain:evil.example", "indicator:address:198.51.100.7",
    ]  # fmt: skip
    assert ids(listing, QueryName="good.example") == []
    assert listing.met == 2
    assert [*listing.detections(Entry(0, None))] == []


@pytest.mark.parametrize(("time", "met"), [
    ("2026-01-30T23:59:59Z", 1), ("2026-01-31T00:00:00Z", 0), ("2026-02-01 08:00:00", 0), (None, 1), ("soon", 1),
])  # fmt: skip
def test_expiry_is_by_the_records_time(listing, time, met):
    assert len(ids(listing, time, QueryName="evil.example")) == met


def test_what_was_left_out_is_told_and_what_is_doubtful_is_not_left_out(listing):
    assert listing.count == 3
    assert [problem.line for problem in listing.problems] == [5]


def test_no_lists():
    listing = Listing.read([])
    assert (listing.count, listing.problems, ids(listing, QueryName="evil.example")) == (0, (), [])
