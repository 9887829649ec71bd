"""Many events together meet what each meets by itself."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_proto.event_pb2 import Event
from tramgac_rules.alike import gather
from tramgac_rules.judge import Judge
from tramgac_rules.record import KNOWN_FILE_WRITE, record_of

from tests.proto.events import events
from tests.rules.making import judge_of, rule
from tests.tools.examples import examples

LOGS = ("System", "Application", "Ứng dụng")
NAMES = ("Image", "CommandLine", "TargetFilename", "ThreatName", "Threat Name", "EventID", "Channel", "Data", "Level")
TEXTS = ("", "a.exe", "x", "443", "evil", "EVIL\u212a", "c:\\x\\a.exe", "4", "System", "7", "true", "tcp", "số 1")


@st.composite
def chosen(draw: st.DrawFn) -> Event:
    """Events that rules look at: few texts, which come again."""
    event, text = Event(), st.sampled_from(TEXTS)
    match draw(st.integers(0, 4)):
        case 0:
            log = event.event_log
            log.channel, log.event_id = draw(st.sampled_from(("", *LOGS))), draw(st.sampled_from((0, 7, 11)))
            log.data.update(draw(st.dictionaries(st.sampled_from(NAMES), text, max_size=4)))
            log.values.extend(draw(st.lists(text, max_size=2)))
        case 1:
            started = event.process_start
            started.process.executable, started.process.command_line = draw(text), draw(text)
            started.parent.executable, started.process.pid = draw(text), draw(st.sampled_from((0, 4, 443)))
        case 2:
            made = event.network_connection
            made.process.executable, made.initiated = draw(text), draw(st.booleans())
            made.transport, made.destination_port = draw(st.integers(0, 3)), draw(st.sampled_from((0, 443)))
        case 3:
            event.file_write.path, event.file_write.created = draw(text), draw(st.booleans())
        case 4:
            event.log_line.service, event.log_line.text = draw(st.sampled_from(("", "sshd"))), draw(text)
    return event


SOURCES = st.sampled_from([
    {"category": "process_creation"}, {"category": "file_event"}, {"category": "network_connection"},
    {"product": "windows"}, {"product": "windows", "service": "system"}, {"product": "linux", "service": "sshd"},
    {"product": "linux"},
])  # fmt: skip
ENTRY = st.sampled_from([
    ("Image|endswith", ".exe"), ("CommandLine|contains", "evil"), ("CommandLine|re", "e(v|w)il"),
    ("TargetFilename|startswith", "c"), ("ThreatName", "x"), ("EventID", 7), ("Level", 4), ("DestinationPort", 443),
    ("Initiated", "true"), ("Protocol", "tcp"), ("Image|fieldref", "CommandLine"), ("CommandLine", None),
    ("Data", "evil"), ("Channel", "System"), ("ParentImage|contains", "a"),
])  # fmt: skip
MAPPING = st.lists(ENTRY, min_size=1, max_size=2).map(dict)
WORDS = st.lists(st.sampled_from(["evil", "443", "tcp", "evilk", "số", "7"]), min_size=1, max_size=2)
CONDITION = st.sampled_from(["s1", "s1 and s2", "s1 or s2", "s1 and not s2", "not s1 and not s2"])
DETECTION = st.fixed_dictionaries(
    {"s1": MAPPING | WORDS, "s2": MAPPING | WORDS, "condition": CONDITION, "source": SOURCES}
)


def agreed(judge: Judge, some: list[Event], product: str) -> None:
    """Judge events together and one by one."""
    alone = {number: rules for number, event in enumerate(some) if (rules := judge.match(record_of(event, product)))}
    together = {}
    for alike in gather(some, [event.SerializeToString() for event in some], product)[0]:
        assert [some[number] for number in alike.numbers] == list(alike.events)
        for index, met in judge.match_all(alike).items():
            together[alike.numbers[index]] = met
    assert together == alone


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(DETECTION, min_size=1, max_size=4),
    st.lists(chosen(), max_size=12),
    st.sampled_from(("linux", "windows")),
)
def test_they_meet_what_each_meets_by_itself(detections, these, product):
    texts = []
    for number, detection in enumerate(detections):
        source = detection.pop("source")
        texts.append(rule(detection, number=number, logsource=source))
    judge = judge_of(*texts)
    for _ in range(2):  # what is remembered says the same
        agreed(judge, these, product)


ANY = judge_of(rule({"words": ["a", "1"], "condition": "words"}), rule({"CommandLine|re": "."}, number=2))


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(events(), max_size=4))
def test_any_events_at_all(some):
    agreed(ANY, some, "windows")


def test_a_field_is_as_in_the_record():
    events_ = [Event(), Event(), Event()]
    for number, event in enumerate(events_):
        event.event_log.channel, event.event_log.event_id = "System", 104
        event.event_log.values.extend(["one"] * number)
    events_[1].event_log.data["Level"] = ""
    events_[2].event_log.level = 4
    (alike,), _ = gather(events_, [b""] * 3, "windows")
    assert alike.column("Data") == [None, ("one",), ("one", "one")]
    assert alike.column("Level") == [None, "", "4"]
    assert alike.column("Image") is None
    assert list(alike.rows([1], ["Data", "Level", "Image"])) == [{"Data": ("one",), "Level": ""}]
    assert alike.place == record_of(events_[0], "windows")._replace(fields={})
    assert not alike.odd


def test_places_are_told_apart():
    known, new, line, log = Event(), Event(), Event(), Event()
    known.file_write.created, new.file_write.path = True, "/x"
    line.log_line.service = "sshd"
    log.event_log.data["Threat Name"] = "x"
    them = ([known, new, line, log, line], [b""] * 5, "linux")
    found = {alike.place.kind: alike for alike in gather(*them)[0]}
    assert found.keys() == {KNOWN_FILE_WRITE, "file_write", "log_line", "event_log"}
    assert (found["log_line"].numbers, found["log_line"].place.channel) == ([2, 4], "sshd")
    assert found["event_log"].odd
    together, rest = gather(*them, 2)
    assert ([alike.numbers for alike in together], sorted(rest)) == ([[2, 4]], [0, 1, 3])
