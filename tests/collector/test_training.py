import pytest
from tramgac_collector import training
from tramgac_collector.ingest import IngestLog, Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused
from tramgac_proto.event_pb2 import Event
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend

HOSTS = [f"{number:032x}" for number in range(1, 5)]
COMMON = "/usr/bin/python3.11 -m http.server --directory /srv/www"


def events(host: int) -> list[bytes]:
    """What one host did: common things with its own secrets in them."""
    made = []
    for number in range(200):
        event = Event(time=1_793_000_000_000_000_000 + number, boot=host + 1, mechanism=1)
        process = event.process_start.process
        process.executable, process.pid = "/usr/bin/python3.11", number
        process.command_line = f"{COMMON}/{number % 9} --password P@ss-{host}w0rd --user person{host}"
        process.sha256 = bytes([host]) * 32
        event.process_start.parent.executable = f"/usr/bin/tool{number % 30}"
        made.append(event.SerializeToString())
    return made


def store(paths: StatePaths, hosts: list[str]) -> None:
    log = IngestLog(paths, limits=Limits(), counts=Counts(), synced=lambda: None)
    try:
        for number, host in enumerate(hosts):
            blobs = events(number)
            batch = pack(7, 2, 1, START, blobs)
            log.submit(host, 1, 0, batch, extend(START, blobs)).result()
    finally:
        log.close()


@pytest.fixture
def paths(tmp_path):
    found = StatePaths(tmp_path)
    found.run.mkdir(parents=True)
    found.log.mkdir(parents=True)
    return found


def test_what_hosts_have_in_common_is_in_it_and_nothing_of_one_alone(paths):
    store(paths, HOSTS)
    made = training.trained(paths, frozenset(HOSTS))
    assert (made.hosts, made.events) == (4, 800)
    content = made.dictionary.content
    assert b"http.server" in content
    assert b"/srv/www" in content
    for secret in (b"P@ss", b"w0rd", b"person", *(bytes([host]) * 32 for host in range(4))):
        assert secret not in content
    blobs = events(9)[:25]
    plain, small = (pack(7, 2, 1, START, blobs, dictionary=each) for each in (None, made.dictionary))
    assert len(small.events) < len(plain.events)


def test_too_few_hosts_have_nothing_in_common(paths):
    store(paths, HOSTS[:2])
    with pytest.raises(ContentRefused, match="batches of 2 such hosts"):
        training.trained(paths, frozenset(HOSTS))
    with pytest.raises(ContentRefused, match="batches of 0 such hosts"):
        training.trained(paths, frozenset())


def test_words_in_all_places_of_an_event_are_looked_at():
    event = Event(skew=-5, boot=(7 << 40) + 5)
    event.event_log.channel = "Security"
    event.event_log.data["User name"] = "an secret"
    event.event_log.values.extend(["one secret", "secret"])
    training._rewrite(event, lambda value: value.replace("secret", "") if isinstance(value, str) else b"")
    assert (event.event_log.data["User name"], list(event.event_log.values)) == ("an ", ["one ", ""])
    assert event.boot == 7 << 40
