"""The judge against the reference, on made-up rules and events and on the public ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.about import Book
from tramgac_rules.judge import Judge
from tramgac_rules.tree import atoms

from tests.rules.making import IDS, SYSMON, compiled, judge_of, record, rule
from tests.rules.reference.pysigma import reference
from tests.tools.examples import examples

# Pieces that meet each other often, with what is special to Sigma, to case and to Unicode among them.
TEXT = st.lists(st.sampled_from(["a", "B", "ab", "\\", "*", "?", "1", "é", "Σ", " -x"]), min_size=1, max_size=4).map(
    "".join
)
VALUE = st.lists(st.sampled_from(["a", "A", "b", "AB", "\\", "*", "1", "É", "ς", " /x", "x"]), max_size=5).map("".join)
FIELD = st.sampled_from(["A", "B", "C"])
MODIFIERS = st.sampled_from([
    "", "|contains", "|startswith", "|endswith", "|contains|all", "|cased", "|contains|cased", "|windash|contains",
])  # fmt: skip
ENTRY = st.one_of(
    st.tuples(st.builds("{}{}".format, FIELD, MODIFIERS), st.one_of(TEXT, st.lists(TEXT, min_size=1, max_size=3))),
    st.tuples(FIELD, st.sampled_from([None, 1, "", "*", True])),
    st.tuples(st.builds("{}|re".format, FIELD), st.sampled_from(["a+b", "^a", "B.", "(?i)é", "[ab]1|x"])),
    st.tuples(st.builds("{}|exists".format, FIELD), st.booleans()),
    st.tuples(st.builds("{}|fieldref".format, FIELD), FIELD),
    st.tuples(st.builds("{}|gte".format, FIELD), st.integers(0, 3)),
)
MAPPING = st.lists(ENTRY, min_size=1, max_size=3).map(dict)
SELECTION = st.one_of(MAPPING, st.lists(MAPPING, min_size=1, max_size=2), st.lists(TEXT, min_size=1, max_size=2))
CONDITION = st.sampled_from([
    "s1", "s1 and s2", "s1 or not s2", "not s1 and not s2", "1 of s*", "all of them", "s1 and not (s2 or s3)",
    "not 1 of s*", "s1 or s2 and s3",
])  # fmt: skip
DETECTION = st.fixed_dictionaries({"s1": SELECTION, "s2": SELECTION, "s3": SELECTION, "condition": CONDITION})
FIELDS = st.dictionaries(FIELD, st.one_of(VALUE, st.tuples(VALUE, VALUE)), max_size=3)


@settings(max_examples=examples(60))
@given(st.lists(DETECTION, min_size=1, max_size=6), st.lists(FIELDS, min_size=1, max_size=5))
def test_parsed_compiled_and_reference_agree(detections, events):
    texts = [rule(detection, number=number) for number, detection in enumerate(detections)]
    done = compiled(*texts)
    assert not done.errors, done.errors
    fresh, reloaded = Judge.load(done.pack), Judge.load(json.loads(json.dumps(done.pack)))
    slow = {IDS.format(number): reference(text) for number, text in enumerate(texts)}
    for event in (record(fields) for fields in events):
        wanted = [number for number, meets in slow.items() if meets(event.fields)]
        assert [found.id for found in fresh.match(event)] == wanted
        assert [found.id for found in reloaded.match(event)] == wanted
        for found in fresh.match(event):
            for condition in fresh.explain(event, found):
                assert all(0 <= start < end <= len(condition.value) for start, end in condition.spans)


def test_event_id_and_channel_are_known_to_a_class():
    texts = [rule({"EventID": number, "A": "x"}, number=number) for number in (1, 2, 3)]
    judge = judge_of(*texts, rule({"Channel|contains": "sec", "EventID|startswith": "1"}, number=4))
    assert [found.title for found in judge.match(record({"A": "x"}, event_id="2"))] == ["rule 2"]
    assert [found.title for found in judge.match(record({"A": "x"}, event_id="1"))] == ["rule 1", "rule 4"]
    assert [found.title for found in judge.match(record({}, event_id="17"))] == ["rule 4"]
    assert not judge.match(record({}, channel="Other", event_id="17"))


def test_data_of_the_same_name_decides_in_conditions_and_system_in_log_sources():
    judge = judge_of(
        rule({"EventID": 104, "Channel": "Cleared"}, logsource={"product": "windows", "service": "system"}),
        rule({"EventID": 104}, number=2, logsource={"product": "windows", "service": "application"}),
    )
    event = record({"Channel": "cleared"}, channel="System", event_id="104")
    assert [found.title for found in judge.match(event)] == ["rule 1"]


def test_fields_have_other_names_in_other_places():
    judge = judge_of(
        rule({"Image|endswith": "\\x.exe"}, logsource={"product": "windows", "category": "process_creation"})
    )
    path = "C:\\x.exe"
    for fields, place, met in (
        ({"Image": path}, (SYSMON, "1"), True),
        ({"NewProcessName": path}, (SYSMON, "1"), False),
        ({"NewProcessName": path}, ("Security", "4688"), True),
        ({"Image": path}, ("Security", "4688"), False),
    ):
        event = record(fields, channel=place[0], event_id=place[1])
        found = judge.match(event)
        assert bool(found) is met
        if met:
            assert judge.explain(event, found[0])[0].field in fields


def test_a_field_that_is_compared_with_has_its_other_name_too():
    source = {"product": "windows", "category": "process_creation"}
    judge = judge_of(rule({"Image|fieldref": "ParentImage"}, logsource=source))
    for parent, met in (("C:\\x.exe", True), ("C:\\y.exe", False)):
        fields = {"NewProcessName": "C:\\x.exe", "ParentProcessName": parent}
        assert bool(judge.match(record(fields, event_id="4688"))) is met


def test_conditions_of_a_log_source_are_part_of_it():
    judge = judge_of(rule({"TargetObject": "x"}, logsource={"product": "windows", "category": "registry_delete"}))
    for kind, met in (("DeleteKey", True), ("DeleteValue", True), ("CreateKey", False)):
        assert bool(judge.match(record({"TargetObject": "x", "EventType": kind}, channel=SYSMON, event_id="12"))) is met


def test_what_records_bring_does_not_grow_the_judge(monkeypatch):
    monkeypatch.setattr("tramgac_rules.judge.MAX_PLACES", 50)
    judge = judge_of(
        rule({"A": "x"}), rule({"EventID": 7}, number=2, logsource={"product": "windows", "service": "system"})
    )
    for number in range(200):
        assert judge.match(record({"A": "x"}, channel=f"channel {number}", event_id=str(number)))
    assert len(judge._places) <= 50
    assert len(judge._classes) == 1


def test_an_unknown_kind_or_product_meets_nothing():
    judge = judge_of(rule({"A": "x"}))
    assert not judge.match(record({"A": "x"}, product="", kind=""))
    assert not judge.match(record({"A": "x"}, product="linux", kind="process_start"))


def test_a_judge_needs_neither_pysigma_nor_yaml():
    pack = json.dumps(compiled(rule({"A|re": "x"})).pack)
    code = (
        "import json, sys\n"
        "from tramgac_rules.judge import Judge\n"
        "from tramgac_rules.record import Record\n"
        "judge = Judge.load(json.loads(sys.argv[1]))\n"
        "assert judge.match(Record({'A': 'x'}, 'windows'))\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'sigma', 'yaml', 'yara', 'asyncio', 'grpc', 'socket', 'sqlalchemy'}, sorted(loaded)\n"
    )
    rooms = [str(Path(__file__).parents[2] / room) for room in ("rules", "proto")]
    done = subprocess.run([sys.executable, "-c", code, pack], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": ":".join(rooms)})  # fmt: skip
    assert done.returncode == 0, done.stderr


def synthesised(text, logic):
    """Events from a rule's own literals: all of them, each left out in turn, the case changed."""
    literals = [atom for atom in atoms(logic) if atom.field and isinstance(atom.value, str) and atom.op != "re"]
    whole = {atom.field: str(atom.value) for atom in reversed(literals)}
    yield whole
    yield {field: value.swapcase() for field, value in whole.items()}
    yield {atom.field: str(atom.value) for atom in literals}
    for field in list(whole)[:3]:
        yield {name: value for name, value in whole.items() if name != field}


@pytest.mark.data
def test_public_rules_agree_with_the_reference_on_their_own_literals(data_folder):
    from tramgac_rules.authoring.compile import compile_rules
    from tramgac_rules.authoring.files import rule_files
    from tramgac_rules.pack import decode
    from tramgac_rules.sources import routes

    files = sorted((data_folder / "sigma/rules/windows").rglob("*.yml"))[::12]
    done = compile_rules(files)
    texts = {file.name: file.path.read_text("utf-8") for file in rule_files(files)}
    book = Book.of(done.about)
    judge = Judge.load(done.pack)
    compared = met = 0
    for logic in decode(done.pack, book):
        slow = reference(texts[logic.rule.about.path])
        route = next(iter(routes(logic.rule.logsource)), None)
        if route is None or route.conditions or not route.channels:
            continue
        for fields in synthesised(logic.rule.about.path, logic.condition):
            place = {"channel": min(route.channels), "event_id": min(route.event_ids or {fields.get("EventID", "1")})}
            event = record(fields, **place)
            found = logic.rule.id in {other.id for other in judge.match(event)}
            assert found == slow(event.fields), (logic.rule.about.path, fields)
            compared += 1
            met += found
    assert compared > 500
    assert met > 100


def test_a_value_that_has_the_marks_of_a_texts_ends_is_found_in_its_middle():
    for detection in ({"A|contains": "\x02b"}, {"A|endswith": "\x03"}, ["\x02b"], {"A|contains": "b\x03"}):
        judge = judge_of(rule(detection))
        assert judge.match(record({"A": "a\x02b\x03"})), detection
        assert not judge.match(record({"A": "ab"}))


def test_a_mark_in_a_value_is_no_other_character():
    judge = judge_of(*(rule({"A|contains": char}, number=number) for number, char in enumerate("\0\x02\x03\ufffe")))
    for number, char in enumerate("\0\x02\x03\ufffe"):
        assert [found.title for found in judge.match(record({"A": f"a{char}b"}))] == [f"rule {number}"]


def test_a_keyword_that_is_longer_when_lower_cased_is_found():
    judge = judge_of(rule(["aİ"]))
    assert judge.match(record({"A": "Aİ"}))
    assert not judge.match(record({"A": "AI"}))
