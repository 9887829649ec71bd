"""Events made to hurt the judge: it goes on, tells what it did not look at, and grows no further than it says."""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.matching.records import entry_of
from tramgac_rules.evaluate import MAX_VALUE
from tramgac_rules.memory import MEMORY
from tramgac_rules.record import Record

from tests.rules.making import SYSMON, judge_of, record, rule
from tests.tools.examples import examples

PROCESS = {"product": "windows", "category": "process_creation"}
MEGABYTE = "x" * 1_000_000


@pytest.fixture(scope="module")
def judge():
    return judge_of(
        rule({"CommandLine|contains": ["whoami", "x" * 40], "Image|endswith": "\\cmd.exe"}, logsource=PROCESS),
        rule(
            {"a": {"CommandLine|re": "net.{1,9}user"}, "b": {"User|startswith": "x"}, "condition": "a or not b"},
            number=2,
        ),
        rule(["mimikatz", "xé"], number=3),
        rule({"Image|fieldref": "ParentImage", "CommandLine|cidr": "10.0.0.0/8"}, number=4),
        rule({"s": {"A|gte": 5}, "f": {"A": None}, "condition": "s or f"}, number=5),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3),
    max_leaves=8,
)
NAMES = ["Event", "System", "EventData", "EventID", "Channel", "winlog", "event_id", "log_name", "event_data", "A",
         "CommandLine", "kind", "sequence", "#text", "#attributes", "UserData", "@timestamp", "time"]  # fmt: skip
NESTED = st.recursive(JSON, lambda below: st.dictionaries(st.sampled_from(NAMES), below, max_size=4), max_leaves=12)


@settings(max_examples=examples(60))
@given(st.dictionaries(st.sampled_from(NAMES), NESTED, max_size=6))
def test_records_of_any_types_are_read_or_told(judge, data):
    entry = entry_of(0, data)
    assert (entry.record is None) is bool(entry.problem)
    if entry.record is not None:
        for found in judge.match(entry.record):
            judge.explain(entry.record, found)


def test_a_field_that_is_not_there_is_absent_everywhere(judge):
    assert [found.title for found in judge.match(Record({}, "windows"))] == ["rule 2", "rule 5"]
    assert not judge.match(Record({}))


def test_a_value_of_a_megabyte_is_matched_by_its_beginning_and_that_is_said(judge):
    fields = {"CommandLine": f"whoami {MEGABYTE}", "Image": "C:\\cmd.exe", "User": "x", "A": "1"}
    event = record(fields, channel=SYSMON, event_id="1")
    (found,) = judge.match(event)
    conditions = {one.field: one for one in judge.explain(event, found)}
    assert conditions["CommandLine"].cut
    assert not conditions["Image"].cut
    assert not judge.match(record({**fields, "CommandLine": f"{'y' * MAX_VALUE}whoami"}, channel=SYSMON, event_id="1"))
    assert (judge.take_long(), judge.take_long()) == (4, 0)  # two values, each looked at by its field and for keywords


def grown(judge, events):
    """Bytes that a judge keeps after events, beyond those after the first."""
    judge.match(next(events))
    tracemalloc.start()
    for event in events:
        judge.match(event)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept


def values(kind, count):
    chance = random.Random(2)
    for number in range(count):
        text = f"{chance.getrandbits(400):x}"
        if kind == "wide":
            text += "\U0001f300" * 800
        elif kind == "hits":
            text = f"whoami {text} {'x' * 40}"
        value = text
        if kind in ("few texts", "many texts"):
            value = tuple(f"{number} {part}" for part in range(12 if kind == "few texts" else 40))
        place = {"channel": f"{number}{text * 100}"} if kind == "channels" else {"channel": SYSMON, "event_id": "1"}
        yield record({"CommandLine": value}, **place)


@pytest.mark.parametrize("kind", ["ascii", "wide", "hits", "few texts", "many texts", "channels"])
def test_hostile_values_make_the_judge_grow_no_further_than_its_memory(kind):
    judge = judge_of(
        rule({"CommandLine|contains": ["whoami", "x" * 40], "Image|endswith": "\\cmd.exe"}, logsource=PROCESS),
        rule({"User|startswith": "x"}, number=2),
        rule(["mimikatz"], number=3),
    )
    judge._memory._limit = MEMORY // 16
    count = 3_000 if kind == "channels" else 6_000
    kept = grown(judge, values(kind, count))
    assert kept < 2.5 * MEMORY / 16, kept
