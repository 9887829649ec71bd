"""Every correlation of ours fires on its sequences, is silent on its near misses, and needs each of its parts.

A sequence is a list of steps: `{"at": 0, "times": 20, "every": 5, "event": {...}, "vary": {FIELD: "user{n}"}}`, an
event that comes `times` times (1), the first `at` a second, the next `every` seconds later (1); `vary` writes the
number n of each into fields. A near miss is the first sequence with one thing of one step changed: `times`, `at`,
`every`, `vary` or a `field` and its `value`.
"""

import copy
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.records import Entry
from tramgac_proto.event_pb2 import Event
from tramgac_rules.authoring import compile_rules
from tramgac_rules.correlation import pack
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of

from tests.content.test_content import CONTENT, mutants, system

FILES = sorted(CONTENT.glob("sigma/**/correlations/*.yml"))
BEGIN = datetime.fromisoformat("2026-11-29T02:00:00+00:00")
CHANGES = ("times", "at", "every", "vary", "field")
Documents = list[dict[str, Any]]
Steps = list[dict[str, Any]]


def read(path: Path) -> Documents:
    """The documents of a file: the correlation that alerts is the first."""
    return list(yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader))


def put(event: dict[str, Any], field: str, value: object) -> None:
    """Write a value where it differs from what stands there."""
    *folders, leaf = field.split(".")
    for folder in folders:
        event = event[folder]
    assert event.get(leaf) != value, f"{field} is {value} already"
    event[leaf] = value


def missed(sequence: Steps, miss: dict[str, Any]) -> Steps:
    """The sequence with one thing of one step changed."""
    changed = copy.deepcopy(sequence)
    step = changed[miss["step"]]
    (what,) = [name for name in CHANGES if name in miss]
    if what == "field":
        put(step["event"], miss["field"], miss["value"])
    else:
        assert step.get(what) != miss[what], "a near miss must differ"
        step[what] = miss[what]
    return changed


def sequences(path: Path) -> tuple[list[Steps], list[Steps]]:
    """The sequences that fire, and the near misses."""
    data = json.loads(path.with_suffix(".samples.json").read_text("utf-8"))
    return data["fires"], [missed(data["fires"][0], miss) for miss in data["near_misses"]]


def events(sequence: Steps) -> Iterator[tuple[float, dict[str, Any]]]:
    """The events of a sequence with their seconds."""
    for step in sequence:
        for number in range(step.get("times", 1)):
            event = copy.deepcopy(step["event"])
            for field, text in (step.get("vary") or {}).items():
                put(event, field, text.format(n=number))
            yield step["at"] + number * step.get("every", 1), event


def variants(documents: Documents) -> Iterator[tuple[str, Documents]]:
    """The file without each of its parts: of a rule as rules are; of a correlation what it groups by, counts, waits."""
    for place, document in enumerate(documents):
        told = str(document.get("name", ""))
        parts = correlations(document) if "correlation" in document else mutants(document)
        for name, changed in parts:
            yield f"{told} {name}".strip(), [*documents[:place], changed, *documents[place + 1 :]]


def correlations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A correlation without each of its parts."""
    logic = document["correlation"]

    def changed(name: str, **instead: object) -> tuple[str, dict[str, Any]]:
        return name, document | {"correlation": logic | instead}

    for field in logic["group-by"]:
        yield changed(
            f"without group-by {field}", **{"group-by": [each for each in logic["group-by"] if each != field]}
        )
    yield changed("at any time", timespan="9y")
    if logic["type"] == "temporal_ordered":
        yield changed("in any order", type="temporal")
    if logic["type"].startswith("temporal"):
        for rule in logic["rules"]:
            others, named = [each for each in logic["rules"] if each != rule], logic.get("aliases", {})
            aliases = {field: {each: names[each] for each in others} for field, names in named.items()}
            yield changed(f"without {rule}", rules=others, aliases=aliases)
    else:
        yield changed("one fewer", condition=logic["condition"] | {"gte": logic["condition"]["gte"] - 1})
    if logic["type"] == "value_count":
        yield changed("not told apart", type="event_count", condition={"gte": logic["condition"]["gte"]})


def named_apart(documents: Documents, place: str) -> Documents:
    """The documents with ids and names of their own, so that all variants stand in one rule set."""
    text = json.dumps(documents, default=str)
    for document in documents:
        text = text.replace(document["id"], str(uuid.uuid5(uuid.UUID(document["id"]), place)))
        if "name" in document:
            text = text.replace(f'"{document["name"]}"', f'"{document["name"]}-{place}"')
    return json.loads(text)


@pytest.fixture(scope="module")
def fired(tmp_path_factory):
    """Of each file and each of its variants, by path and name ("" is the file itself): what its sequences give."""
    folder, places, whole = tmp_path_factory.mktemp("correlations"), {}, set()
    for path in FILES:
        documents = read(path)
        for name, changed in (("", documents), *variants(documents)):
            ours = named_apart(changed, str(len(places)))
            file = folder / f"{len(places)}.yml"
            file.write_text(yaml.dump_all(ours, Dumper=yaml.CSafeDumper), "utf-8")
            whole |= set() if name else {str(file)}
            places[ours[0]["id"]] = path, name
    compiled = compile_rules([folder])
    # A variant that does not compile is noticed too: what it lacks is asked for by another part.
    assert not [error for error in compiled.errors if error.path in whole]
    judge = Judge.load(compiled.pack)
    known, found = pack.load(compiled.pack, judge.rules), {place: [] for place in places}
    for path in FILES:
        fires, near = sequences(path)
        for sequence in (*fires, *near):
            met = {each.correlation.rule.id for each in judged(judge, known, sequence, system(path))}
            for place, (owner, _) in places.items():
                if owner == path:
                    found[place].append(place in met)
    return {places[place]: verdicts for place, verdicts in found.items()}


def judged(judge, known, sequence, product):
    """What fires on a sequence."""
    gathering = Gathering(known)
    for number, (second, event) in enumerate(events(sequence)):
        record = record_of(json_format.ParseDict(event, Event()), product)
        time = (BEGIN + timedelta(seconds=second)).isoformat()
        gathering.add(Entry(number, record, number, time), judge.match(record), {})
    return list(gathering.fired())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_fires_and_is_silent(path, fired):
    assert not [found for found in compile_rules([path]).problems if found.severity != "info"]
    fires, near = sequences(path)
    assert len(fires) >= 1
    assert len(near) >= 2
    assert fired[path, ""] == [True] * len(fires) + [False] * len(near)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_part_can_be_taken_out_unnoticed(path, fired):
    names = [name for owner, name in fired if owner == path and name]
    assert names
    unnoticed = [name for name in names if fired[path, name] == fired[path, ""]]
    assert not unnoticed


def test_every_correlation_explains_itself_in_both_languages():
    for path in FILES:
        correlation, *others = read(path)
        assert "correlation" in correlation, f"{path.name}: the correlation stands first"
        for key in ("title", "description", "triage", "falsepositives"):
            assert correlation.get(key), f"{path.name}: no {key}"
            assert correlation.get(f"{key}_vi"), f"{path.name}: no {key}_vi"
        for key in ("triage", "falsepositives"):
            assert len(correlation[key]) == len(correlation[f"{key}_vi"]), path.name
        assert correlation["tags"]
        assert correlation["level"]
        assert all(other["title_vi"] for other in others), f"{path.name}: steps are shown by their titles"
