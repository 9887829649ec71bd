from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.records import Entry
from tramgac_rules.correlation import pack
from tramgac_rules.judge import Judge

from tests.rules.authoring.test_chains import BASE, correlation
from tests.rules.making import compiled, record


class Files:
    """Records that are gathered, a minute apart."""

    def __init__(self, *texts):
        done = compiled(*BASE, *texts)
        assert not done.errors, done.errors
        self.judge = Judge.load(done.pack)
        self.gathering = Gathering(pack.load(done.pack, self.judge.rules))
        self.count = 0

    def add(self, minute, host="", **fields):
        entry = Entry(self.count, record(fields), self.count, f"2026-01-31T08:{minute:02}:00Z", host=host)
        self.count += 1
        event = {"source": "x", "index": entry.index}
        self.gathering.add(entry, self.judge.match(entry.record), event)
        return self

    def fired(self):
        return [
            (fired.correlation.rule.title, [event["index"] for event in fired.events])
            for fired in self.gathering.fired()
        ]


def test_a_chain_names_all_its_records():
    files = Files(
        correlation("many", "[base]", number=3),
        correlation("then", "[many, other]", number=4, kind="temporal_ordered"),
    )
    for minute, value in ((1, "x"), (2, "x"), (3, "y")):
        files.add(minute, A=value, User="an")
    assert files.fired() == [("then", [0, 1, 2])]


def test_records_may_come_in_any_order_and_windows_close_at_the_end():
    files = Files(correlation("few", "[base]", number=3, condition="{lt: 3}"), correlation("two", "[base]", number=4))
    for minute in (9, 1):
        files.add(minute, A="x", User="an")
    assert files.fired() == [("few", [1, 0]), ("two", [1, 0])]


def test_groups_by_the_computer_are_those_of_the_records():
    files = Files(
        correlation("pc", "[base]", number=3, group_by="Computer"),
        correlation("all", "[pc]", number=4, group_by="Computer", condition="{gte: 1}"),
    )
    for minute, name in ((1, "PC-A"), (2, "pc-b"), (3, "pc-a")):
        files.add(minute, A="x", Computer=name)
    files.add(4, A="x")
    assert files.fired() == [("all", [0, 2])]
    assert files.gathering.lost() == {"without_field": 1}


def test_groups_by_the_computer_are_those_of_the_senders_where_the_events_name_none():
    files = Files(correlation("pc", "[base]", number=3, group_by="Computer"))
    for minute, host in ((1, "a1"), (2, "b2"), (3, "a1")):
        files.add(minute, host, A="x")
    assert files.fired() == [("pc", [0, 2])]
    assert files.gathering.lost() == {}


def test_what_meets_nothing_that_matters_is_not_kept():
    files = Files(correlation("many", "[base]", number=3))
    files.add(1, A="y", User="an").add(2, A="z", User="an")
    assert files.fired() == []
    assert not files.gathering._events
    Gathering(type(files.gathering.correlations)()).add(Entry(0, None), [], {})
