import pytest
from sqlalchemy import select
from tramgac_collector import database, host_health, hosts, outbox
from tramgac_collector.schema import HostRow, LedgerRow
from tramgac_proto.event_pb2 import Event, Health, Inventory, JudgeStanding, LaneLedger, Missed, Sensor, SensorState
from tramgac_proto.names import time_text

HOST = "a1" * 16
ALIVE, BLIND, ABSENT = (
    SensorState.SENSOR_STATE_ALIVE,
    SensorState.SENSOR_STATE_BLIND,
    SensorState.SENSOR_STATE_ABSENT,
)


@pytest.fixture
def known(store, now):
    with database.session(store) as s:
        values = {"hostname": "may", "os_type": "linux", "agent_version": "0", "site": "", "serial": "1"}
        s.add(HostRow(id=HOST, enrolled=now, **values))
    return store


def health(time, *, sensors=(), lanes=(), missed=(), **fields):
    told = Health(sensors=sensors, lanes=lanes, missed=missed, **fields)
    return Event(time=time, health=told)


def tell(engine, event, now, epoch=7):
    gathered = host_health.Gathered()
    with database.session(engine) as s:
        blind = host_health.record_health(s, HOST, epoch, event, now, gathered)
        gathered.write(s, now)
    return blind


def one(engine):
    with database.reading(engine) as s:
        return hosts.get(s, HOST)


def sensor(capability="process", state=ALIVE):
    return Sensor(capability=capability, rung="ebpf", state=state, why="audit: not needed")


def missed(name, count, first, last=0, capability="process"):
    made = Missed(capability=capability, count=count, first=first, last=last)
    setattr(made, "class", name)
    return made


def test_sensors_and_ledgers_are_told(known, now):
    lanes = [
        LaneLedger(lane=1, emitted=10, acked=7, spooled=2, dropped={"spool_full": 1}),
        LaneLedger(lane=2, emitted=5, acked=1, spooled=1, dropped={"spool_full": 2, "spool_age": 1}),
    ]
    event = health(now, sensors=[sensor()], lanes=lanes, missed=[missed("ring_full", 3, now)], agent_version="0.1")
    event.skew, event.content = 5_000_000, 4
    assert tell(known, event, now) == []
    told = one(known)
    assert told["sensors"] == [{"capability": "process", "rung": "ebpf", "state": "alive", "why": "audit: not needed"}]
    counted = told["completeness"]
    assert (counted["emitted"], counted["acked"], counted["spooled"]) == (15, 8, 3)
    assert counted["dropped"] == {"spool_age": 1, "spool_full": 3}
    assert counted["missed"] == {"ring_full": 3}
    assert (told["skew_ms"], told["bundle"], told["agent_version"]) == (5, 4, "0.1")


def test_what_was_sent_again_and_what_is_gone_are_told(known, now):
    lanes = [LaneLedger(lane=lane, emitted=9, acked=9, resent=lane, gone=2 * lane) for lane in (1, 2)]
    tell(known, health(now, lanes=lanes), now)
    counted = one(known)["completeness"]
    assert (counted["resent"], counted["gone"]) == (3, 6)


def test_ledgers_of_all_epochs_count(known, now):
    for epoch in (1, (1 << 64) - 1):
        tell(known, health(now, lanes=[LaneLedger(lane=1, emitted=4, acked=4)]), now, epoch)
    assert one(known)["completeness"]["emitted"] == 8


def test_what_comes_late_changes_nothing_newer(known, now):
    tell(known, health(now, sensors=[sensor()], lanes=[LaneLedger(lane=1, emitted=9)], agent_version="2"), now)
    tell(known, health(now - 1, sensors=[sensor(state=BLIND)], lanes=[LaneLedger(lane=1, emitted=3)]), now)
    told = one(known)
    assert (told["sensors"][0]["state"], told["completeness"]["emitted"], told["agent_version"]) == ("alive", 9, "2")


def test_the_same_loss_told_again_is_one_loss(known, now):
    tell(known, health(now, missed=[missed("ring_full", 3, 100, 110)]), now)
    tell(known, health(now + 1, missed=[missed("ring_full", 5, 100, 120), missed("ring_full", 2, 500)]), now)
    tell(known, health(now - 1, missed=[missed("ring_full", 3, 100, 110), missed("agent_down", 0, 7)]), now)
    assert one(known)["completeness"]["missed"] == {"agent_down": 0, "ring_full": 7}


def test_how_long_no_agent_ran_is_kept_and_told_once(known, now):
    ten, minute = 600_000_000_000, 60_000_000_000
    down = missed("agent_down", 0, now - ten, now, "")
    tell(known, health(now, missed=[down]), now)
    tell(known, health(now + minute, missed=[down]), now)
    found = one(known)["completeness"]
    assert found["missed_seconds"] == {"agent_down": 600}
    assert [(p["class"], p["count"], p["seconds"]) for p in found["missed_periods"]] == [("agent_down", None, 600)]
    tell(known, health(now + ten, missed=[missed("agent_down", 0, now + ten - minute, now + ten, "")]), now)
    found = one(known)["completeness"]
    assert (found["missed_seconds"], found["missed_periods_total"]) == ({"agent_down": 660}, 2)


def test_a_sensor_that_goes_blind_is_told_once(known, now):
    assert tell(known, health(now, sensors=[sensor(), sensor("file", ABSENT)]), now) == []
    assert tell(known, health(now + 1, sensors=[sensor(state=BLIND), sensor("file", BLIND)]), now) == ["process"]
    assert tell(known, health(now + 2, sensors=[sensor(state=BLIND)]), now) == []
    assert tell(known, health(now + 3, sensors=[sensor()]), now) == []
    assert tell(known, health(now + 4), now) == ["process"], "a sensor that is told no more sees no more"


def test_an_evening_switch_off_is_not_blindness(known, now):
    tell(known, health(now, sensors=[sensor()]), now)
    assert tell(known, health(now + 1, sensors=[sensor(state=ABSENT)], last_words="shutdown"), now) == []
    assert one(known)["last_words"] == "shutdown"


def test_a_clock_an_hour_off_is_a_finding(known, now):
    event = health(now)
    event.skew = -3_600_000_000_000
    tell(known, event, now)
    detail = one(known)["findings"][0]["detail"]
    assert "3600 s ahead of the collector's" in detail
    assert "timedatectl" in detail


def test_a_rogue_host_fills_no_table(known, now, monkeypatch):
    monkeypatch.setattr(host_health, "MAX_MISSED", 5)
    huge = (1 << 64) - 1
    event = health(
        now,
        sensors=[sensor(str(n)) for n in range(500)],
        lanes=[LaneLedger(lane=1, emitted=huge, dropped={str(n): huge for n in range(500)})],
        missed=[missed("x" * 500, huge, n, huge, "y" * 500) for n in range(500)],
    )
    tell(known, event, now)
    told = one(known)
    assert len(told["sensors"]) == len(told["completeness"]["dropped"]) == host_health.MAX_LISTED
    assert [(f["kind"], f["count"]) for f in told["findings"]] == [("missed_too_many", 59)]


def test_what_a_host_parked_is_kept_with_its_first_time_until_it_is_told_no_more(known, now):
    standing = JudgeStanding(rules=9, parked=1, parked_rules=["a"], parked_why=["dear"])
    tell(known, health(now, judge=standing), now)
    later = JudgeStanding(rules=9, parked=2, parked_rules=["a", "b"], parked_why=["dear", "dearer"])
    tell(known, health(now + 60, judge=later), now + 60)
    tell(known, health(now + 30, judge=standing), now + 70)
    first, second = time_text(now), time_text(now + 60)
    assert one(known)["parked"] == {
        "total": 2,
        "rules": [
            {"rule": "a", "reason": "dear", "since": first},
            {"rule": "b", "reason": "dearer", "since": second},
        ],
    }
    tell(known, health(now + 120), now + 120)
    assert one(known)["parked"] == {"total": 0, "rules": []}


def test_an_unknown_host_writes_nothing(store, now):
    assert tell(store, health(now, sensors=[sensor()], missed=[missed("a", 1, 1)]), now) == []
    with database.session(store) as s:
        host_health.record_inventory(s, HOST, Event(inventory=Inventory(hostname="x")), host_health.Gathered())
        assert hosts.listing(s) == []


def test_inventory(known, now):
    told = Inventory(hostname="máy-9", os_type="linux", os_name="Debian 12", kernel="6.18", ips=["10.0.0.9"], memory=8)
    with database.session(known) as s:
        host_health.record_inventory(s, HOST, Event(inventory=told), host_health.Gathered())
    found = one(known)
    assert (found["name"], found["os_name"], found["inventory"]["ips"]) == ("máy-9", "Debian 12", ["10.0.0.9"])


def test_what_is_gathered_is_written_once_and_the_newest_of_it(known, now):
    """In one transaction, in any order: one row a lane, one word for the page a host."""
    gathered = host_health.Gathered()
    with database.session(known) as s:
        for seconds in (2, 3, 1):
            told = health(now + seconds, lanes=[LaneLedger(lane=3, emitted=seconds, acked=seconds, spooled=0)])
            host_health.record_health(s, HOST, 7, told, now, gathered)
        gathered.write(s, now)
        gathered.write(s, now)
        [row] = s.scalars(select(LedgerRow)).all()
        assert (row.time, row.emitted) == (now + 3, 3)
        assert [each.payload for each in outbox.after(s, 0) if each.topic == "host"] == [{"id": HOST}]


def test_the_last_books_of_an_earlier_epoch_take_the_place_of_what_was_told_within_it(known, now):
    tell(known, health(now, lanes=[LaneLedger(lane=3, emitted=9, acked=1, spooled=8)]), now, 7)
    last = LaneLedger(epoch=7, lane=3, emitted=12, acked=4, dropped={"spool_full": 8}, missing_from=9)
    event = health(now + 1, lanes=[LaneLedger(lane=3, emitted=2, acked=2)], closed=[last])
    tell(known, event, now, 8)
    told = one(known)["completeness"]
    assert (told["emitted"], told["acked"], told["spooled"], told["dropped"]) == (14, 6, 0, {"spool_full": 8})
    assert list(host_health.endings(event)) == [(7, 3, 9, 4)]


@pytest.mark.parametrize(("emitted", "missing_from"), [(0, 0), (5, 0), (5, 6), (0, 1), (5, (1 << 64) - 1)])
def test_an_end_that_lacks_nothing_or_cannot_be_is_no_gap(now, emitted, missing_from):
    closed = [LaneLedger(epoch=1, lane=3, emitted=emitted, missing_from=missing_from)]
    assert list(host_health.endings(health(now, closed=closed))) == []
