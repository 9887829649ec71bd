import pytest
from tramgac_proto.event_pb2 import Event, FileWrite, LogLine, NetworkConnection, Process, ProcessStart
from tramgac_rules.alike import gather
from tramgac_rules.indicators import About, matcher
from tramgac_rules.indicators.watch import Watch
from tramgac_rules.record import Record, record_of

from tests.rules.indicators.making import BAD, met, opened, record

SHA256 = "ab" * 32


@pytest.fixture
def everything():
    return opened(
        ("sha256", SHA256),
        ("address", "192.0.2.1"),
        ("network", "198.51.100.0/24"),
        ("domain", "evil.com"),
        ("url", "http://good.org/bad"),
        ("path", "c:/tmp/x"),
        ("name", "evil.sh"),
    )


PROCESS = Process(executable="/usr/bin/evil.sh", command_line="curl http://good.org/bad", sha256=b"\xab" * 32)


@pytest.mark.parametrize(("event", "wanted"), [
    (Event(process_start=ProcessStart(process=PROCESS)), [
        ("name", "evil.sh", "evil.sh"), ("url", "http://good.org/bad", "http://good.org/bad"),
        ("sha256", SHA256, SHA256.upper()),
    ]),
    (Event(network_connection=NetworkConnection(process=PROCESS, source_ip=b"\xc0\0\2\1",
        destination_ip=bytes(10) + b"\xff\xff\xc6\x33\x64\x07")), [
        ("address", "192.0.2.1", "192.0.2.1"), ("network", "198.51.100.0/24", "::ffff:c633:6407"),
    ]),
    (Event(file_write=FileWrite(process=PROCESS, path="/x/evil.sh", sha256=b"\xab" * 32)), [
        ("name", "evil.sh", "evil.sh"), ("sha256", SHA256, SHA256.upper()),
    ]),
    (Event(file_write=FileWrite(path="/x/evil.sh", created=True)), []),
    (Event(log_line=LogLine(text="get https://a.evil.com:8443/x from 192.0.2.1")), [
        ("domain", "evil.com", "evil.com"), ("address", "192.0.2.1", "192.0.2.1"),
    ]),
])  # fmt: skip
def test_our_own_events(everything, event, wanted):
    assert met(everything, record_of(event, "linux")) == wanted


def log(event_id=0, **data):
    event = Event()
    event.event_log.event_id = event_id
    event.event_log.data.update({name.replace("_", " "): text for name, text in data.items()})
    return event


def test_those_of_many_that_meet_something_are_told(everything):
    events = [Event(process_start=ProcessStart(process=process)) for process in (PROCESS, Process(), PROCESS)]
    events += [Event(log_line=LogLine(text=text)) for text in ("x", "get https://a.evil.com:8443/x")]
    events += [log(1, Image="c:/tmp/x"), log(1, Image="c:/tmp/y"), log(1, Hashes=f"SHA256={SHA256}")]
    events += [log(QueryName="x.evil.com"), log(Image="c:/tmp/x"), log(3, Destination_Ip="198.51.100.9")]
    events[-2].event_log.values.extend(["x", "http://evil.com/"])
    found = set()
    for alike in gather(events, [b""] * len(events), "windows")[0]:
        seen = everything.look_over(alike)
        assert seen == {n for n in range(len(alike)) if everything.match(alike.record(n))}
        found |= {alike.numbers[n] for n in seen}
    assert found == {0, 2, 4, 5, 7, 8, 9, 10}


@pytest.mark.parametrize(("data", "wanted"), [
    ({"QueryName": "x.evil.com", "Image": "c:/tmp/x"}, [("domain", "evil.com", "evil.com")]),
    ({"Hashes": f"MD5={'0' * 32},SHA256={SHA256}"}, [("sha256", SHA256, SHA256)]),
    ({"DestinationIp": "198.51.100.9"}, [("network", "198.51.100.0/24", "198.51.100.9")]),
    ({"ScriptBlockText": "iex http://good.org/bad"}, [("url", "http://good.org/bad", "http://good.org/bad")]),
    ({"Data": ("x", "http://evil.com/")}, [("domain", "evil.com", "evil.com")]),
    ({"Data": ()}, []),
    ({"NoSuchField": SHA256, "Image": "c:/tmp/x"}, []),
])  # fmt: skip
def test_events_of_windows_channels(everything, data, wanted):
    assert met(everything, record(**data)) == wanted


def test_a_start_in_sysmon_is_about_its_image(everything):
    assert met(everything, record(event_id="1", Image="C:\\tmp\\x")) == [("path", "c:/tmp/x", "C:\\tmp\\x")]


def test_a_hit_says_what_is_known(everything):
    (hit,) = everything.match(record(DestinationIp="192.0.2.1"))
    assert (hit.about, hit.field, hit.text, hit.span) == (BAD, "DestinationIp", "192.0.2.1", (0, 9))


def test_expiry_is_by_the_events_time_and_gives_way_to_what_still_counts():
    made = opened(
        ("address", "192.0.2.1", About("high", expires=100)),
        ("network", "192.0.2.0/24", About("low", expires=200)),
        ("network", "192.0.0.0/16"),
    )

    def at(time):
        return [hit.value for hit in made.match(record(DestinationIp="192.0.2.1"), time)]

    assert [at(time) for time in (0, 99, 100, 200)] == [
        ["192.0.2.1"], ["192.0.2.1"], ["192.0.2.0/24"], ["192.0.0.0/16"],
    ]  # fmt: skip
    gone = opened(("name", "x", About("high", expires=100)))
    assert gone.match(record(TargetFilename="/x"), 100) == []
    assert len(gone.match(record(TargetFilename="/x"), 99)) == 1, "what has expired for one event counts for another"


def test_what_meets_nothing_is_looked_up_once(everything, monkeypatch):
    everything.match(record(DestinationIp="203.0.113.1"))
    monkeypatch.setattr(Watch, "look", None)
    assert everything.match(record(DestinationIp="203.0.113.1", SourceIp="203.0.113.1")) == []


def test_one_digest(everything):
    assert everything.hash_hit("sha256", SHA256).value == SHA256
    assert everything.hash_hit("sha256", "0" * 64) is None
    assert everything.hash_hit("md5", SHA256) is None


def test_counts_by_kind(everything):
    assert everything.counts == {
        "sha256": 1, "address": 1, "network": 1, "domain": 1, "url": 1, "path": 1, "name": 1,
    }  # fmt: skip


def test_nothing_listed_nothing_met():
    assert opened().match(Record({"DestinationIp": "192.0.2.1"}, "windows")) == []
    assert opened().match(Record({}, "linux", "a_kind_of_tomorrow")) == []


def test_shown():
    assert matcher.shown("network6", bytes.fromhex("20010db8" + "00" * 12) + b"\x20") == "2001:db8::/32"
