import hashlib

from sqlalchemy import select
from tramgac_collector import database, hosts, samples
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.judging import gap_reasons, writing
from tramgac_collector.judging.detect import Rules, examine
from tramgac_collector.judging.writing import Written
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.schema import SampleRow, SetAsideRow, SightingRow
from tramgac_proto.event_pb2 import Event, Health, Inventory, LaneLedger, Sensor, SensorState

from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, alerts_of, start, write

SHA = hashlib.sha256(b"x").digest()
YARA = YaraRules()


def say(store, feed, *events, host=HOST, known=()):
    found = examine(feed.entry(events, host=host), Rules(), "linux", known)
    written = Written()
    with database.session(store) as s:
        writing.write(s, found, YARA, written, NOW)
    return written


def health(state):
    sensor = Sensor(capability="process", rung="ebpf", state=state)
    return Event(time=NOW, health=Health(sensors=[sensor]))


def test_a_sighting_is_written_once_and_asks_for_the_file(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    first = say(store, feed, write("/tmp/x", SHA), write("/tmp/y", SHA))
    assert first.asks
    assert first.sightings == {(SHA.hex(), HOST, "file_write")}
    with database.reading(store) as s:
        row = s.scalars(select(SightingRow)).one()
        assert row.event["fields"]["file.path"] == "/tmp/x"
        assert s.get_one(SampleRow, SHA.hex()).state == "wanted"
    again = say(store, feed, write("/tmp/z", SHA), known=first.sightings)
    assert (again.asks, again.sightings) == (False, set())
    feed.log.close()


def test_a_hash_known_bad_alerts_on_a_later_host_at_once(store, state):
    feed = Feed(state)
    add_hosts(store, HOST, OTHER)
    say(store, feed, write("/tmp/x", SHA))
    with database.session(store) as s:
        samples.scanned(s, SHA.hex(), "r", [{"rule": "bad", "strings": [["$a", 1, 2]]}], "", NOW)
    say(store, feed, write("/home/b/x", SHA), host=OTHER)
    say(store, feed, write("/home/b/y", SHA), host=OTHER)
    alert = alerts_of(store)[0]
    assert (alert.rule_id, alert.host, alert.hostname, alert.summary) == ("yara:bad", OTHER, "pc-1", "/home/b/x")
    assert len(alerts_of(store)) == 1
    feed.log.close()


def test_a_sensor_that_goes_blind_is_an_alert(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    say(store, feed, health(SensorState.SENSOR_STATE_ALIVE))
    assert alerts_of(store) == []
    say(store, feed, health(SensorState.SENSOR_STATE_BLIND))
    say(store, feed, health(SensorState.SENSOR_STATE_BLIND))
    alert = alerts_of(store)[0]
    assert (alert.rule_id, alert.level, alert.why[0]["value"]) == ("tramgac:sensor-blind", "high", "process")
    assert len(alerts_of(store)) == 1
    feed.log.close()


def test_an_alert_that_is_there_already_is_counted_apart(store, state):
    add_hosts(store, HOST)
    seen = EventCopy(
        host=HOST, epoch=9, lane=2, sequence=1, kind="process_start", time=NOW, received=NOW, fields={"process.pid": 7}
    )
    detection = Detection(rule={"id": "r", "title": "R", "level": "low", "tags": []}, version="1", events=[seen])
    for counts in ({"alerts": 1}, {"alerts_known": 1}):
        written = Written()
        with database.session(store) as s:
            writing.raise_all(s, [detection], written, NOW)
        assert written.counts == counts
    assert len(alerts_of(store)) == 1


def test_what_is_missing_before_a_batch_is_a_gap_once(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    feed.skip(4)
    found = examine(feed.entry([start("ls")]), Rules(), "linux")
    for count in (1, 0):
        written = Written()
        with database.session(store) as s:
            writing.write(s, found, YARA, written, NOW)
        assert written.counts["gaps"] == count
    with database.reading(store) as s:
        (gap,) = hosts.get(s, HOST)["completeness"]["gaps"]
    assert (gap["lane"], gap["first"], gap["count"], gap["reason"]) == (2, 1, 4, gap_reasons.GIVEN_UP)
    feed.log.close()


def test_a_gap_before_a_batch_that_is_set_aside_is_told_all_the_same(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    feed.skip(4)
    found = examine(feed.entry([start("ls")]), Rules(), "linux")
    with database.session(store) as s:
        writing.set_aside(s, found, "poison", NOW)
        assert hosts.get(s, HOST)["completeness"]["gaps_total"] == 1
    feed.log.close()


def test_inventory_is_written_down(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    say(store, feed, Event(inventory=Inventory(hostname="máy-1", os_name="Debian 12")))
    with database.reading(store) as s:
        assert hosts.get(s, HOST)["name"] == "máy-1"
    feed.log.close()


def test_what_could_not_be_examined_is_written_down(store, state):
    feed = Feed(state)
    written = say(store, feed, b"\xff\xff")
    assert written.counts["set_aside"] == 1
    with database.reading(store) as s:
        row = s.scalars(select(SetAsideRow)).one()
        assert (row.consumer, row.host) == ("judge", HOST)
        assert "sequence 1" in row.reason
    feed.log.close()


def test_what_will_not_come_at_the_end_of_an_earlier_epoch_is_a_gap_however_often_it_is_told(store, state):
    feed = Feed(state)
    add_hosts(store, HOST)
    last = LaneLedger(epoch=3, lane=3, emitted=12, acked=4, dropped={"spool_full": 8}, missing_from=9)
    event = Event(time=NOW, health=Health(closed=[last]))
    assert [say(store, feed, event).counts["gaps"] for _ in range(2)] == [1, 0]
    with database.reading(store) as s:
        (gap,) = hosts.get(s, HOST)["completeness"]["gaps"]
    assert (gap["epoch"], gap["lane"], gap["first"], gap["count"]) == (f"{3:016x}", 3, 9, 4)
    assert gap["reason"] == gap_reasons.GIVEN_UP
    feed.log.close()
