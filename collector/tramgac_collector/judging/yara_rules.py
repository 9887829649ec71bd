"""YARA rules as alerts name them: `yara:NAME`, with title, level and tags out of the rule's meta."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tramgac_proto.event_pb2 import ScanHit

from tramgac_collector.alerts import LEVELS, Detection, EventCopy
from tramgac_collector.bundle import YaraFile

_RULE = re.compile(r"^\s*(?:(?:private|global)\s+)*rule\s+(\w+)", re.MULTILINE)
_META = re.compile(r"\bmeta\s*:(.*?)\b(?:strings|condition)\s*:", re.DOTALL)
_PAIR = re.compile(r'//[^\n]*|/\*.*?\*/|\b(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)

_LISTS = ("triage", "triage_vi", "falsepositives", "falsepositives_vi")
"""What a rule's meta may say more than once."""


class YaraRules:
    """The YARA rules of one bundle, by name. What is not there is told by its name alone."""

    def __init__(self, files: Iterable[YaraFile] = ()) -> None:
        """Read names and meta; the files have compiled before, so this only looks for what it needs."""
        self._private: set[str] = set()
        self._meta: dict[str, tuple[Mapping[str, str], Mapping[str, Sequence[str]], YaraFile]] = {}
        for file in files:
            starts = [*_RULE.finditer(file.source)]
            ends = [*(match.start() for match in starts[1:]), len(file.source)]
            for match, end in zip(starts, ends, strict=True):
                meta = _META.search(file.source, match.end(), end)
                pairs = [pair for pair in _PAIR.findall(meta.group(1)) if pair[0]] if meta else []
                lists = {key: [text for name, text in pairs if name == key] for key in _LISTS}
                self._meta[match.group(1)] = (dict(pairs), lists, file)
                if "private" in match.group(0).partition("rule")[0]:
                    self._private.add(match.group(1))

    def rule(self, name: str) -> tuple[dict[str, Any], str]:
        """Return a rule as an alert keeps it, and the version of its text."""
        meta, lists, file = self._meta.get(name, ({}, {}, None))
        level = meta.get("level", meta.get("severity", "high")).lower()
        told = {
            "id": f"yara:{meta.get('id', name)}",
            "title": meta.get("title", name),
            "title_vi": meta.get("title_vi", ""),
            "level": level if level in LEVELS else "high",
            "tags": [tag.strip() for tag in meta.get("tags", "").split(",") if tag.strip()],
            "description": meta.get("description", ""),
            "description_vi": meta.get("description_vi", ""),
            "author": meta.get("author", ""),
            **{key: list(lists.get(key, ())) for key in _LISTS},
            "references": [meta["reference"]] if "reference" in meta else [],
            "path": "" if file is None else file.path,
        }
        return told, "" if file is None else hashlib.sha256(file.source.encode()).hexdigest()[:16]

    def names(self) -> list[str]:
        """Return the names of the rules that can hit: not the private ones."""
        return [name for name in self._meta if name not in self._private]

    def of_event(self, hit: ScanHit, event: EventCopy) -> Detection:
        """Return the detection of a scan on a host."""
        strings = [(name, offset, 0) for name, offset in zip(hit.strings, hit.offsets, strict=False)]
        return self.of_hit(hit.rule, strings, (event,))

    def of_hit(self, name: str, strings: Sequence[tuple[str, int, int]], events: Sequence[EventCopy]) -> Detection:
        """Return the detection of a rule that a file met, which was in these events."""
        rule, version = self.rule(name)
        return Detection(rule, version, events, [_why(*string) for string in strings])


def string_condition(name: str, field: str, value: str, spans: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Return why, of a string of a rule: where it stands, in characters of the value of a field of an event."""
    return {
        "selection": "strings",
        "field": field,
        "value": value,
        "pattern": name,
        "spans": [list(span) for span in spans],
        "negated": False,
    }


def _why(name: str, offset: int, length: int) -> dict[str, Any]:
    extent = f"{length} bytes at offset {offset}" if length else f"at offset {offset}"
    return string_condition(name, name, extent, ())
