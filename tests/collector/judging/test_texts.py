import pytest
from tramgac_collector.bundle import YaraFile
from tramgac_collector.judging import texts
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_proto.event_pb2 import Event
from tramgac_scan.client import Hit

from tests.collector.judging.feed import HOST, NOW, Feed, start, write

RULE = 'rule found { meta: title = "Found" level = "critical" strings: $a = "evil" condition: $a }'


@pytest.fixture
def entry(state):
    feed = Feed(state)
    yield lambda *events: feed.entry(events)
    feed.log.close()


def script(text):
    event = Event(time=NOW)
    event.event_log.channel = "Microsoft-Windows-PowerShell/Operational"
    event.event_log.event_id = 4104
    event.event_log.data["ScriptBlockText"] = text
    event.event_log.data["Path"] = "x.ps1"
    return event


def found(entry, event):
    made = entry(event)
    return [text for sequence, blob in made.events() for text in texts.texts_of(made, sequence, blob)]


def test_command_lines_and_script_blocks_are_texts(entry):
    assert [(one.field, one.text) for one in found(entry, start("sh -c x"))] == [("CommandLine", "sh -c x")]
    assert [(one.field, one.text) for one in found(entry, script("Get-Item"))] == [("ScriptBlockText", "Get-Item")]
    assert found(entry, start("")) == []
    assert found(entry, write("/tmp/x", b"")) == []


def test_a_long_text_is_cut(entry):
    (text,) = found(entry, start("x" * (texts.MOST + 1)))
    assert (len(text.text), text.cut) == (texts.MOST, True)


@pytest.mark.parametrize(
    ("meta", "wanted"),
    [
        ({}, True),
        ({"scan_context": "file, memory"}, False),
        ({"scan_context": "file, Text"}, True),
        ({"scan_context": "text"}, True),
    ],
)
def test_a_rule_says_where_it_belongs(meta, wanted):
    assert texts.is_for_texts(Hit("r", "", meta, ())) is wanted


def test_a_hit_is_a_detection_of_its_event_with_spans_in_characters(entry):
    (text,) = found(entry, start("tệp evil, evil"))
    offset = len("tệp ".encode())
    strings = (("$a", offset, 4), ("$a", offset + 6, 4), ("$b", 0, 5))
    yara = YaraRules([YaraFile("found.yar", RULE, content_only=True)])
    made = texts.detection(text, Hit("found", "found.yar", {}, strings), yara)
    assert (made.rule["title"], made.rule["level"], made.events[0].host) == ("Found", "critical", HOST)
    assert made.events[0].fields["process.command_line"] == "tệp evil, evil"
    one, two = made.why
    assert (one["field"], one["pattern"], one["spans"]) == ("CommandLine", "$a", [[4, 8], [10, 14]])
    assert [one["value"][start:end] for start, end in one["spans"]] == ["evil", "evil"]
    assert (two["pattern"], two["spans"]) == ("$b", [[0, 3]])
