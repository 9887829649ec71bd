"""What the page writes of an event as a search the collector reads, and the event meets it; another one does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tramgac_collector.exception_sense import ALL, Ground, require
from tramgac_collector.exceptions import read
from tramgac_collector.search.evaluate import asked

from tests.dashboard.seed import HOSTILE
from tests.dashboard.test_build import node

HOST = "ab" * 16
TEXTS = (
    *HOSTILE,
    r"C:\Program Files (x86)\a b\x.exe",
    r'"C:\x.exe" /s "*.txt" ?',
    r"\\server\share\*",
    "-rm and or not (a OR b)",
    "[1 TO 5]",
    ">=5",
    "a|count by x",
    "http://127.0.0.1:8099/setup.sh",
    "dòng lệnh  hai khoảng trắng ",
    "x" * 700 + "?*",
    "😀" * 601,
    "\\",
    '"',
)
SCRIPT = """
import { searchOf, tellingOf } from "./src/exceptions/telling.ts"
const told = JSON.parse(process.argv[1]).map((event) => searchOf(tellingOf([event])))
console.log(JSON.stringify(told))
"""


def event(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": {"host": HOST}, "kind": kind, "fields": fields}


def events(text: str) -> list[dict[str, Any]]:
    """One of each shape whose texts are this."""
    process = {"process.executable": "/bin/sh", "process.command_line": text, "user.name": text}
    data = {"Signature": text, "Image": r"C:\a.exe"}
    return [event("process_start", process), event("event_log", {"winlog.event_data": data})]


ADDRESS = {"destination.ip": "2001:db8::1", "destination.port": 443, "user.name": "an"}
EVENTS = [event("network_connection", ADDRESS), *(each for text in TEXTS for each in events(text))]


@pytest.fixture(scope="module")
def searches() -> list[str]:
    """What the page makes of each event, all of it ticked that is ticked to begin with."""
    made: list[str] = json.loads(node("--input-type=module", "-e", SCRIPT, json.dumps(EVENTS)))
    return made


def test_each_event_meets_its_own(searches: list[str]) -> None:
    ground = Ground(ALL, (), lambda _name: True)
    for told, search in zip(EVENTS, searches, strict=True):
        node = read(search)
        require(search, node, ground)
        assert asked(node)({**told["fields"], "host": HOST, "kind": told["kind"]}), search


def test_none_is_met_by_an_event_that_differs_in_one_place(searches: list[str]) -> None:
    for told, search in zip(EVENTS, searches, strict=True):
        for fields in changed(told["fields"]):
            assert not asked(read(search))({**fields, "host": HOST, "kind": told["kind"]}), (search, fields)


def changed(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the fields with one of them, or one of the data of a Windows event, another each time."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from ({**fields, name: other} for other in changed(value))
        else:
            yield {**fields, name: value + 1 if isinstance(value, int) else f"#{value}"}
