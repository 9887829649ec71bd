import hashlib
from dataclasses import replace

import pytest
from tramgac_collector.judging import detect
from tramgac_collector.judging.detect import Rules, examine, examine_all
from tramgac_collector.samples import PRIORITY_ALERT, PRIORITY_DROPPED, PRIORITY_RUN
from tramgac_proto.event_pb2 import Event, FileDelete, Health, Inventory
from tramgac_rules.about import Book
from tramgac_rules.authoring import compile_rules
from tramgac_rules.correlation import pack
from tramgac_rules.group import Group
from tramgac_rules.indicators import About
from tramgac_rules.judge import Judge

from tests.collector.judging.feed import HOST, NOW, Feed, scan_hit, start, write
from tests.rules.indicators.making import opened

SHA = hashlib.sha256(b"x").digest()


@pytest.fixture
def feed(state):
    made = Feed(state)
    yield made
    made.log.close()


@pytest.fixture
def rules(tmp_path):
    from tests.collector.authored import Author

    author = Author(tmp_path / "author")
    author.sigma("evil", level="critical")
    compiled = compile_rules([author.rules])
    assert compiled.problems == ()
    return Rules(1, Judge.load(compiled.pack, Book.of(compiled.about)))


def test_what_meets_a_rule_is_detected_with_why(feed, rules):
    found = examine(feed.entry([start("ls"), start("run evil thing"), start("true")]), rules, "linux")
    assert (found.events, found.failures) == (3, [])
    detection = next(meaning.detections[0] for meaning in found.meanings if meaning.detections)
    copy = detection.events[0]
    assert (copy.text, copy.kind, copy.time, copy.received) == (
        f"{HOST}/{7:016x}/2/2",
        "process_start",
        NOW,
        NOW + 10**6,
    )
    assert copy.fields["process.command_line"] == "run evil thing"
    assert detection.rule["level"] == "critical"
    assert detection.rule["title_vi"] == "Luật Rule 1"
    assert detection.rule["description_vi"] == "Tìm một đoạn chữ"
    assert detection.rule["triage"] == ["Read the command line", "Ask the user"]
    assert (detection.rule["falsepositives"], detection.rule["falsepositives_vi"]) == (["A test"], ["Kiểm thử"])
    assert len(detection.version) == 16
    condition = detection.why[0]
    assert [condition["value"][a:b] for a, b in condition["spans"]] == ["evil"]
    assert set(condition) == {"selection", "field", "value", "pattern", "spans", "negated"}


def test_what_a_host_may_raise_no_more_is_counted_and_no_reason_is_looked_for(feed, rules, monkeypatch):
    (number,) = rules.judge.rules
    batch = (feed.entry([start("run evil thing", sha256=SHA)]), "linux", "")
    (free,) = examine_all([batch], rules, spent={(HOST, "another"), ("another", number)})
    assert [len(meaning.detections) for meaning in free.meanings] == [1]
    concerned = rules.exceptions.concern
    monkeypatch.setattr(type(rules.exceptions), "concern", lambda _self, rule: rule == number)
    (excepted,) = examine_all([batch], rules, spent={(HOST, number)})
    assert [len(meaning.detections) for meaning in excepted.meanings] == [1], "it may be held back, and not be counted"
    monkeypatch.setattr(type(rules.exceptions), "concern", lambda _self, rule: concerned(rule))
    monkeypatch.setattr(Judge, "explain", None)
    (found,) = examine_all([batch], rules, spent={(HOST, number)})
    assert found.failures == []
    (meaning,) = found.meanings
    assert (meaning.detections, meaning.over, meaning.met) == ([], 1, [number])
    assert meaning.sightings[0].priority == PRIORITY_ALERT, "its file is wanted all the same"


def test_a_listed_value_is_detected_with_where_it_stood_and_the_file_is_wanted(feed, rules):
    about = About("critical", "a feed", "seen in an attack", expires=NOW + 1)
    listed = replace(rules, indicators=opened(("sha256", SHA.hex()), about=about))
    events = [
        start("x", sha256=SHA, time=NOW),
        start("evil", sha256=SHA, time=NOW),
        start("y", sha256=SHA, time=NOW + 1),
    ]
    found = examine(feed.entry(events), listed, "linux")
    told = [[detection.rule["id"] for detection in meaning.detections] for meaning in found.meanings]
    indicator = f"indicator:sha256:{SHA.hex()}"
    assert told == [[indicator], ["00000000-0000-4000-8000-000000000001", indicator], []]
    assert [meaning.sightings[0].priority for meaning in found.meanings] == [
        PRIORITY_ALERT, PRIORITY_ALERT, PRIORITY_RUN,
    ]  # fmt: skip
    (why,) = found.meanings[0].detections[0].why
    assert [why["value"][slice(*span)] for span in why["spans"]] == [SHA.hex().upper()]
    assert (why["field"], why["source"], why["note"]) == ("Hashes", "a feed", "seen in an attack")


def test_what_was_there_before_is_not_examined_again(feed, rules):
    found = examine(feed.entry([start("evil 1"), start("evil 2"), start("evil 3")], skip=2), rules, "linux")
    assert [meaning.detections[0].events[0].sequence for meaning in found.meanings] == [3]


def test_another_system_s_rules_do_not_fire(feed, rules):
    found = examine(feed.entry([start("evil")]), rules, "windows")
    assert not any(meaning.detections for meaning in found.meanings)


def test_hashes_are_sighted_by_how_much_we_want_the_file(feed, rules):
    events = [
        start("ls", sha256=SHA),
        write("/tmp/x", SHA),
        start("evil", sha256=SHA),
        start("ls", sha256=b"short"),
        write("/tmp/none", b""),
        Event(file_delete=FileDelete(path="/x")),
    ]
    found = examine(feed.entry(events), rules, "linux")
    sightings = [sighting for meaning in found.meanings for sighting in meaning.sightings]
    assert [(s.sha256, s.priority, s.event.kind) for s in sightings] == [
        (SHA.hex(), PRIORITY_RUN, "process_start"),
        (SHA.hex(), PRIORITY_DROPPED, "file_write"),
        (SHA.hex(), PRIORITY_ALERT, "process_start"),
    ]


def test_what_hosts_say_of_themselves_is_kept(feed, rules):
    events = [Event(health=Health()), Event(inventory=Inventory())]
    found = examine(feed.entry(events), rules, "linux")
    assert [copy.kind for meaning in found.meanings for copy, _ in meaning.told] == ["health", "inventory"]


def test_a_scan_hit_of_a_host_is_a_detection(feed, rules):
    found = examine(feed.entry([scan_hit("bad_script")]), rules, "linux")
    detection = found.meanings[0].detections[0]
    assert detection.rule["id"] == "yara:bad_script"
    assert detection.why[0]["field"] == "$bad"


NO_UTF8 = start("AAAA").SerializeToString().replace(b"AAAA", b"A\xff\xc3(")


@pytest.mark.parametrize("blob", [b"\xff\xff\xff", b"\x00", b"\x0a\xff\xff\xff\xff\x0f", NO_UTF8])
def test_an_event_that_cannot_be_read_spoils_no_other(feed, rules, blob):
    found = examine(feed.entry([start("evil"), blob, start("evil")]), rules, "linux")
    assert len(found.failures) == 1
    assert found.failures[0].startswith("sequence 2:")
    assert len([meaning for meaning in found.meanings if meaning.detections]) == 2


def test_a_rule_that_breaks_is_tried_twice_and_spoils_no_other(feed, rules, monkeypatch):
    tries = []

    def record_of(event, product):
        if event.process_start.process.pid == 2:
            tries.append(1)
            raise RecursionError("too deep")
        return real(event, product)

    real = detect.record_of
    monkeypatch.setattr(detect, "record_of", record_of)
    found = examine(feed.entry([start("evil", pid=1), start("evil", pid=2), start("evil", pid=3)]), rules, "linux")
    assert found.failures == ["sequence 2: RecursionError: too deep"]
    assert len(tries) == 2
    assert len(found.meanings) == 2


def many(feed):
    """Batches whose events are judged together."""
    first = [
        start(f"http://x.y/evil {number}" if number % 3 == 0 else "ls", pid=number + 1) for number in range(detect.MANY)
    ]
    return feed.entry([*first, Event(health=Health())]), feed.entry([start("ls"), *first])


def test_batches_mean_together_what_each_means_by_itself(feed, rules, monkeypatch):
    (one, two), count = many(feed), detect.MANY
    mixed = examine_all([(one, "linux", ""), (two, "windows", "")], rules)
    together = examine_all([(one, "linux", ""), (two, "linux", "")], rules)
    listed = replace(rules, indicators=opened(("url", "http://x.y/evil")))
    with_list = examine_all([(one, "linux", ""), (two, "linux", "")], listed)
    monkeypatch.setattr(detect, "MANY", 1_000)
    assert mixed == [examine(one, rules, "linux"), examine(two, rules, "windows")]
    assert together == [examine(one, rules, "linux"), examine(two, rules, "linux")]
    assert with_list == [examine(one, listed, "linux"), examine(two, listed, "linux")] != together
    rule = "00000000-0000-4000-8000-000000000001"
    third = range(0, count, 3)
    assert [meaning.met for meaning in together[0].meanings] == [[rule]] * len(third) + [[]]
    told = [meaning.detections[0].events[0].sequence for meaning in together[1].meanings]
    assert told == [count + 3 + number for number in third], "count + 1 are in the first batch, one stands before"
    assert [found.events for found in together] == [count + 1] * 2


def test_where_events_cannot_be_judged_together_each_is_judged_by_itself(feed, rules, monkeypatch):
    def broken(_self, _alike):
        raise RecursionError("too deep")

    one, _ = many(feed)
    wanted = examine(one, rules, "linux")
    monkeypatch.setattr(Group, "match_all", broken)
    assert examine(one, rules, "linux") == wanted


def test_a_failure_that_passes_is_none(feed, rules, monkeypatch):
    failing = [MemoryError("once")]

    def record_of(event, product):
        if failing:
            raise failing.pop()
        return real(event, product)

    real = detect.record_of
    monkeypatch.setattr(detect, "record_of", record_of)
    found = examine(feed.entry([start("evil")]), rules, "linux")
    assert (found.failures, len(found.meanings)) == ([], 1)


def test_a_batch_that_cannot_be_unpacked_is_told(feed, rules):
    entry = feed.entry([start("evil")])
    entry.batch.events = b"garbage"
    found = examine(entry, rules, "linux")
    assert found.meanings == []
    assert "the batch cannot be read" in found.failures[0]


def test_without_content_hosts_are_heard_all_the_same(feed):
    found = examine(feed.entry([start("evil", sha256=SHA), Event(health=Health())]), Rules(), "linux")
    assert [len(meaning.sightings) + len(meaning.told) for meaning in found.meanings] == [1, 1]
    assert not any(meaning.detections for meaning in found.meanings)


def test_what_correlations_refer_to_is_a_match_of_theirs_and_no_detection(feed, tmp_path):
    from tests.collector.authored import Author
    from tests.collector.judging.correlated import correlation

    author = Author(tmp_path / "correlating")
    correlation(author, "many", [author.sigma("evil")])
    compiled = compile_rules([author.rules])
    judge = Judge.load(compiled.pack, Book.of(compiled.about))
    rules = Rules(1, judge, correlations=pack.load(compiled.pack, judge.rules))
    early = start("evil 1", time=NOW - 5)
    found = examine(feed.entry([early, start("ls"), start("evil 2", time=NOW + 10**12)]), rules, "linux")
    assert [meaning.detections for meaning in found.meanings] == [[], []]
    (first, second) = (meaning.matches for meaning in found.meanings)
    assert first == [(0, (NOW - 5, (HOST, 7, 2, 1), 0, ("an",), ""))]
    assert second[0][1].time == NOW + 10**6, "no later than it was received"
    assert found.meanings[0].copy.text == f"{HOST}/{7:016x}/2/1"
    assert found.latest == NOW + 10**6


def test_the_latest_time_is_that_of_any_event(feed, rules):
    assert (
        examine(feed.entry([start("ls", time=NOW - 9), start("ls", time=NOW - 10)]), rules, "linux").latest == NOW - 9
    )
