import hashlib

from sqlalchemy import func, select
from tramgac_collector import database
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.judging import writing
from tramgac_collector.judging.allowance import DAY_NS, MORE, Allowance
from tramgac_collector.judging.detect import Rules, examine
from tramgac_collector.judging.writing import Written
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.rule_schema import RuleCountRow
from tramgac_collector.schema import SampleRow

from tests.collector.authored import Author
from tests.collector.judging.correlated import Site
from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, alerts_of, write


def detection(number, *, host=HOST, rule="r1"):
    event = EventCopy(host, 7, 2, number, "process_start", NOW, NOW, {})
    about = {"id": rule, "title": "Something", "level": "low", "tags": []}
    return Detection(about, "1", (event,), [])


def raise_all(store, detections, allowance, now=NOW):
    written = Written(allowance=allowance)
    with database.session(store) as s:
        writing.raise_all(s, detections, written, now)
    return written.counts


def rules_of(store):
    return sorted(alert.rule_id for alert in alerts_of(store))


def test_beyond_the_limit_matches_are_counted_and_told_once(store):
    add_hosts(store, HOST, OTHER)
    allowance = Allowance(alerts=2)
    counts = raise_all(store, [detection(number) for number in range(5)], allowance)
    assert (counts["alerts"], counts["alerts_over_limit"]) == (2, 3)
    assert rules_of(store) == ["r1", "r1", "tramgac:more-alerts"]
    raise_all(store, [detection(9, rule="r2"), detection(9, host=OTHER)], allowance)
    assert rules_of(store) == ["r1", "r1", "r1", "r2", "tramgac:more-alerts"], "another rule, another host are free"
    raise_all(store, [detection(0), detection(10, rule="r2"), detection(11, rule="r2")], allowance)
    assert rules_of(store).count("tramgac:more-alerts") == 2, "one for each rule"


def test_a_new_judge_reads_what_was_raised_and_a_new_day_begins_anew(store):
    add_hosts(store, HOST)
    raise_all(store, [detection(1), detection(2)], Allowance(alerts=2))
    assert raise_all(store, [detection(3)], Allowance(alerts=2))["alerts_over_limit"] == 1
    assert raise_all(store, [detection(4)], Allowance(alerts=2), NOW + DAY_NS)["alerts"] == 1


def test_it_says_what_is_spent_until_the_day_ends(store):
    add_hosts(store, HOST)
    allowance = Allowance(alerts=2)
    raise_all(store, [detection(1), detection(2)], allowance)
    assert (HOST, "r1") not in allowance.spent(NOW), "not before something was to be told of it"
    raise_all(store, [detection(3)], allowance)
    assert (HOST, "r1") in allowance.spent(NOW)
    assert (HOST, "r1") not in allowance.spent(NOW + DAY_NS)
    raise_all(store, [detection(4)], allowance)
    allowance.forget()
    assert (HOST, "r1") not in allowance.spent(NOW)


def test_the_judge_counts_a_flood_of_one_rule_by_batches(store, state, tmp_path):
    author = Author(tmp_path / "author")
    author.sigma("evil")
    site = Site(store, state, author, HOST)
    site.judge.allowance = Allowance(alerts=3)
    site.send(*range(5)).send(*range(5, 10)).send(*range(10, 12), text="harmless").send(*range(12, 15))
    assert site.judge.counts["alerts_over_limit"] == 2 + 5 + 3
    assert sorted(alert.title for alert in alerts_of(store)) == [MORE["title"], "Rule 1", "Rule 1", "Rule 1"]
    with database.reading(store) as s:
        assert s.scalar(select(func.sum(RuleCountRow.matches))) == 13, "each match is counted"
    site.close()


def test_what_was_noted_and_not_written_is_forgotten(store):
    add_hosts(store, HOST)
    allowance = Allowance(alerts=1)
    with database.session(store) as s:
        assert allowance.alert(s, detection(1), NOW)
        allowance.raised(s, detection(1))
        assert not allowance.alert(s, detection(2), NOW)
        allowance.forget()
        assert allowance.alert(s, detection(2), NOW)


def test_new_files_of_one_host_are_bounded_and_known_ones_are_not(store, state):
    feed = Feed(state)
    add_hosts(store, HOST, OTHER)
    hashes = [hashlib.sha256(bytes([number])).digest() for number in range(4)]

    def show(host, allowance):
        found = examine(feed.entry([write("/tmp/x", one) for one in hashes], host=host), Rules(), "linux")
        written = Written(allowance=allowance)
        with database.session(store) as s:
            writing.write(s, found, YaraRules(), written, NOW)
            return written.counts["files_over_limit"], s.scalar(select(func.count()).select_from(SampleRow))

    allowance = Allowance(files=2)
    assert show(HOST, allowance) == (2, 2)
    assert show(OTHER, allowance) == (0, 4), "two are known, two are its own"
    feed.log.close()


def test_what_a_host_brings_to_correlations_is_bounded_by_each_and_in_all(store):
    add_hosts(store, HOST, OTHER)
    allowance = Allowance(members=2, all_members=3)
    took = [allowance.member(HOST, rule, NOW) for rule in ("c1", "c1", "c1", "c2", "c2", "c3")]
    assert took == [True, True, False, True, False, False]
    assert allowance.member(OTHER, "c1", NOW), "another host is free"
    assert allowance.member(HOST, "c1", NOW + DAY_NS), "so is another day"


def test_of_too_many_members_it_is_told_once(store):
    add_hosts(store, HOST)
    allowance = Allowance(members=1, all_members=2)
    about = {"id": "c1", "title": "Many"}
    with database.session(store) as s:
        allowance.member(HOST, "c1", NOW)
        assert allowance.tell_members(s, HOST, about, "pc-0", NOW)
        assert not allowance.tell_members(s, HOST, about, "pc-0", NOW)
        allowance.member(HOST, "c2", NOW)
        assert allowance.tell_members(s, HOST, about, "pc-0", NOW), "of all of them"
        assert not allowance.tell_members(s, HOST, {"id": "c9", "title": "x"}, "pc-0", NOW)
    assert rules_of(store) == ["tramgac:more-members"] * 2
    assert {alert.why[0]["value"] for alert in alerts_of(store)} == {"c1", "*"}
