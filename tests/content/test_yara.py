"""Every YARA rule of ours is met by its samples, not by its near misses, and explains itself in both languages."""

import os
import re
from pathlib import Path

import pytest
from tramgac_collector.bundle import YaraFile
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_scan.client import Scanner, YaraSource, inspect
from tramgac_scan.outside import HEAD, of_file

from tests.content.yara_samples import SAMPLES

CONTENT = Path(__file__).parents[2] / "rules/content/yara"
YARA = sorted(CONTENT.glob("*.yar"))
SOURCES = [YaraSource(path.name, path.read_text("utf-8")) for path in YARA]
EDGE = {
    "downloader_in_start_folder.yar",
    "program_in_hidden_folder.yar",
    "program_named_as_document.yar",
    "python_program_in_temp.yar",
}


@pytest.fixture(scope="module")
def scanner():
    with Scanner(SOURCES) as made:
        yield made


def met(scanner, content, path):
    fd = os.memfd_create("sample")
    try:
        os.write(fd, content)
        result = scanner.scan(fd, of_file(path, "an", content[:HEAD]))
    finally:
        os.close(fd)
    assert not result.refused
    return {hit.rule for hit in result.hits}


def test_there_are_enough_and_each_has_samples():
    assert len(YARA) >= 20
    assert set(SAMPLES) == {path.stem for path in YARA}
    assert all(len(fires) >= 1 and len(silent) >= 2 for fires, silent in SAMPLES.values())


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_it_is_met_and_its_near_misses_are_not(name, scanner):
    fires, silent = SAMPLES[name]
    for content, path in fires:
        assert name in met(scanner, content, path), (content[:100], path)
    for content, path in silent:
        assert name not in met(scanner, content, path), (content[:100], path)


def test_most_are_for_the_fleet_and_some_for_the_edge():
    seen = inspect(SOURCES)
    assert not seen.problems
    assert {path.name for path in YARA} - seen.content_only == EDGE


@pytest.mark.parametrize("path", YARA, ids=lambda path: path.stem)
def test_it_explains_itself_in_both_languages(path):
    text = path.read_text("utf-8")
    rule, version = YaraRules([YaraFile(path.name, text, content_only=True)]).rule(path.stem)
    assert version, "the file is named as its rule"
    for key in ("title", "description", "triage", "falsepositives"):
        assert rule[key], f"no {key}"
        assert rule[f"{key}_vi"], f"no {key}_vi"
    for key in ("triage", "falsepositives"):
        assert len(rule[key]) == len(rule[f"{key}_vi"])
    assert re.fullmatch(r"yara:[0-9a-f-]{36}", rule["id"])
    assert f'level = "{rule["level"]}"' in text
    assert rule["tags"]
    assert all(tag.startswith("attack.") for tag in rule["tags"])


def test_ids_differ():
    rules = YaraRules(YaraFile(source.path, source.source, content_only=True) for source in SOURCES)
    assert len({rules.rule(path.stem)[0]["id"] for path in YARA}) == len(YARA)
