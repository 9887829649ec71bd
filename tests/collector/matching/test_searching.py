import json

from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.parts import Part
from tramgac_collector.matching.searching import NAMED, Search, Setup

from tests.rules.making import IDS, compiled, rule


def search(*texts, **more):
    done = compiled(*texts)
    return Search(Setup(done.pack, done.about, Listing(), **more))


def part(*records):
    return Part(lines=[json.dumps(one).encode() for one in records])


HIT = {"EventID": 1, "Channel": "Security", "A": "x"}


def test_what_comes_of_a_part():
    found = search(rule({"A": "X"})).part(part({**HIT, "A": "y"}, 5, HIT))
    assert (found.records, found.unreadable, len(found.hits)) == (3, 1, 1)
    assert found.faults[0][0] == 1
    (hit,) = found.hits
    assert (hit.entry.index, hit.entry.record, hit.met) == (2, None, (IDS.format(1),))
    ((rule_id, why),) = hit.told
    assert rule_id == IDS.format(1)
    assert json.loads(why) == [{"field": "A", "value": "x", "pattern": "X"}]


def test_why_is_looked_for_where_it_is_told_alone():
    found = search(rule({"A": "X"}), why=False).part(part(HIT))
    assert found.hits[0].told == ((IDS.format(1), ""),)


def test_records_are_kept_for_correlations_and_quiet_rules_tell_nothing():
    found = search(rule({"A": "X"}), correlate=True, quiet=frozenset([IDS.format(1)])).part(part(HIT))
    (hit,) = found.hits
    assert hit.entry.record is not None
    assert not hit.told


def test_what_cannot_be_read_is_counted_and_the_first_are_named():
    found = search(rule({"A": "X"})).part(part(*range(100)))
    assert found.unreadable == 100
    assert [index for index, _ in found.faults] == list(range(NAMED))
