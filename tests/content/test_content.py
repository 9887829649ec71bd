"""Every rule of ours fires on its events, is silent on its near misses, and needs each of its parts."""

import copy
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from tramgac_proto.event_pb2 import Event
from tramgac_rules.about import Book
from tramgac_rules.authoring import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of

CONTENT = Path(__file__).parents[2] / "rules/content"
# Correlations stand in folders of that name, each with the rules that it refers to: test_correlations.py has them.
RULES = sorted(path for path in CONTENT.glob("sigma/**/*.yml") if path.parent.name != "correlations")
YARA = sorted(CONTENT.glob("yara/*.yar"))
# A field that no event has: a selection made of it is always true, or always false.
TRUE, FALSE = {"NoSuchField|exists": False}, {"NoSuchField|exists": True}


@cache
def read(path: Path) -> dict[str, Any]:
    """A rule, read once: nobody changes what is given."""
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)


def samples(path: Path) -> tuple[list[dict], list[dict]]:
    """The events that fire, and the near misses: the first firing event with one field changed."""
    data = json.loads(path.with_suffix(".samples.json").read_text("utf-8"))
    near = []
    for miss in data["near_misses"]:
        # A near miss is one field away from the first of the events that has the field's kind and fires.
        kind = miss["field"].split(".")[0]
        event = copy.deepcopy(next(e for e in data["fires"] if kind in e))
        *folders, leaf = miss["field"].split(".")
        place = event
        for folder in folders:
            place = place[folder]
        assert place.get(leaf) != miss["value"], "a near miss must differ"
        place[leaf] = miss["value"]
        near.append(event)
    return data["fires"], near


def system(path: Path) -> str:
    """The system whose hosts a rule is for: the folder below sigma."""
    return path.relative_to(CONTENT / "sigma").parts[0]


@pytest.fixture(scope="module")
def fired(tmp_path_factory):
    """Of each rule and each of its variants, by path and name ("" is the rule itself): what its samples give.

    Those of one log source are compiled into one judge: to compile them one by one takes many times as long, and to
    have all in one judge twice as long, since each class of events looks through all rules.
    """
    sources = defaultdict(list)
    for path in RULES:
        sources[system(path), *map(str, read(path)["logsource"].items())].append(path)
    found = {}
    for number, paths in enumerate(sources.values()):
        found |= judged(paths, tmp_path_factory.mktemp(f"variants-{number}"))
    return found


def judged(paths: Sequence[Path], folder: Path) -> dict[tuple[Path, str], list[bool]]:
    """What the samples of rules of one log source give."""
    places = {}
    for path in paths:
        rule, documents = read(path), []
        for name, changed in (("", rule), *mutants(rule)):
            place = str(uuid.uuid5(uuid.UUID(rule["id"]), name))
            places[place] = path, name
            documents.append(changed | {"id": place})
        (folder / f"{len(places)}-{path.name}").write_text(yaml.dump_all(documents, Dumper=yaml.CSafeDumper), "utf-8")
    compiled = compile_rules([folder])
    assert not compiled.errors, compiled.errors
    judge, found = Judge.load(compiled.pack), {place: [] for place in places}
    for path in paths:
        ours = [place for place, (owner, _) in places.items() if owner == path]
        fires, near = samples(path)
        for event in (*fires, *near):
            met = {rule.id for rule in judge.match(record_of(json_format.ParseDict(event, Event()), system(path)))}
            for place in ours:
                found[place].append(place in met)
    return {places[place]: verdicts for place, verdicts in found.items()}


def mutants(rule: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rule without each of its parts: a selection made always true and always false, a field taken out."""
    for name, selection in rule["detection"].items():
        if name == "condition":
            continue
        for word, instead in (("true", TRUE), ("false", FALSE)):
            changed = copy.deepcopy(rule)
            changed["detection"][name] = instead
            yield f"{name} always {word}", changed
        if isinstance(selection, dict) and len(selection) > 1:
            for field in selection:
                changed = copy.deepcopy(rule)
                del changed["detection"][name][field]
                yield f"{name} without {field}", changed


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_fires_and_is_silent(path, fired):
    # A note is no fault: that a rule needs Sysmon is well to know.
    assert not [problem for problem in compile_rules([path]).problems if problem.severity != "info"]
    fires, near = samples(path)
    assert len(fires) >= 1
    assert len(near) >= 2
    assert fired[path, ""] == [True] * len(fires) + [False] * len(near)


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_no_part_can_be_taken_out_unnoticed(path, fired):
    names = [name for owner, name in fired if owner == path and name]
    assert names
    unnoticed = [name for name in names if fired[path, name] == fired[path, ""]]
    assert not unnoticed


def test_there_are_enough_of_each_system():
    """A folder that is lost, or passed over, would be missed by no other test."""
    count = Counter(map(system, RULES))
    assert count["linux"] >= 100
    assert count["windows"] >= 250


def test_every_rule_explains_itself_in_both_languages():
    for path in RULES:
        rule = read(path)
        for key in (
            "title",
            "title_vi",
            "description",
            "description_vi",
            "triage",
            "triage_vi",
            "falsepositives",
            "falsepositives_vi",
            "level",
            "tags",
        ):
            assert rule.get(key), f"{path.name}: no {key}"
        for key in ("triage", "falsepositives"):
            assert all(isinstance(line, str) for line in rule[key] + rule[f"{key}_vi"]), path.name
            assert len(rule[key]) == len(rule[f"{key}_vi"]), path.name


def test_a_compiled_rule_carries_what_its_author_wrote():
    done = compile_rules([CONTENT / "sigma"])
    judge = Judge.load(json.loads(json.dumps(done.pack)), Book.of(json.loads(json.dumps(done.about))))
    for path in RULES:
        rule = read(path)
        found = judge.rules[rule["id"]].about
        assert (found.title_vi, found.description_vi) == (rule["title_vi"], rule["description_vi"])
        assert list(found.triage) == rule["triage"]
        assert list(found.falsepositives_vi) == rule["falsepositives_vi"]
        assert found.path == path.relative_to(CONTENT / "sigma").as_posix()


def test_no_rule_knows_the_simulation():
    for path in [*RULES, *YARA]:
        text = path.read_text("utf-8").lower()
        assert "tramgac-" not in text
        assert "simulat" not in text
        assert "demo" not in text
