"""Indicators from MISP's JSON: events (one, or a search's answer) and lists of attributes.

Attributes whose `to_ids` is set; the event's organisation is the source, its threat level the level, its info and
the attribute's comment the note. MISP's export says nothing of expiry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tramgac_rules.authoring.indicators.jsonfile import Part, Places, parts
from tramgac_rules.authoring.indicators.listed import KINDS, Listed, word
from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.authoring.problems import Problem

_LEVELS: Final = {"1": "high", "2": "medium", "3": "low"}
_COMPOSED: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"filename|{kind}": ("", kind) for kind in ("md5", "sha1", "sha256", "imphash")},
    **dict.fromkeys(("ip-dst|port", "ip-src|port"), ("address", "")),
    "hostname|port": ("hostname", ""),
    "domain|ip": ("domain", "address"),
}
"""Types of two values: what each of them is, "" for what is not compared by itself."""
_MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class _Event:
    """What an event says of all its attributes."""

    level: str = ""
    source: str = ""
    note: str = ""


def read(path: str, text: str, source: str) -> Iterator[Listed | Problem]:
    """Yield the indicators of a file, and what is wrong with the others.

    Raises JSONDecodeError, RecursionError: what came before was read.
    """
    reader = _Reader(path, Places(text), source)
    for part in parts(text):
        yield from reader.below(part, {part.key: part.value} if part.key in ("Event", "Attribute") else part.value)


class _Reader:
    """Reads one file."""

    def __init__(self, path: str, places: Places, source: str) -> None:
        self._path, self._places, self._source = path, places, source

    def below(
        self, part: Part, told: object, event: _Event | None = None, depth: int = 0
    ) -> Iterator[Listed | Problem]:
        """Yield what stands in events, objects and lists of them; other things are nothing to us."""
        event = event or _Event(source=self._source)
        if depth > _MAX_DEPTH:
            return
        if isinstance(told, list):
            for item in told:
                yield from self.below(part, item, event, depth + 1)
        if not isinstance(told, dict):
            return
        inner = told.get("Event")
        if isinstance(inner, dict):  # an attribute that was searched for names its event within itself
            event = self._event(inner)
            yield from self.below(part, inner, event, depth + 1)
        if "to_ids" in told and "value" in told:
            yield from self._attribute(part, told, event)
            return
        for name in ("Attribute", "Object", "response"):
            yield from self.below(part, told.get(name), event, depth + 1)

    def _event(self, told: Mapping[str, Any]) -> _Event:
        maker = told.get("Orgc")
        name = str(maker.get("name") or "") if isinstance(maker, dict) else ""
        level = _LEVELS.get(str(told.get("threat_level_id")), "")
        return _Event(level, f"MISP, {name}" if name else self._source, str(told.get("info") or ""))

    def _attribute(self, part: Part, told: Mapping[str, Any], event: _Event) -> Iterator[Listed | Problem]:
        if told.get("to_ids") not in (True, "1", 1) or told.get("deleted") in (True, "1", 1):
            return
        type_, value, number = str(told.get("type")), str(told["value"]), str(told.get("uuid") or "")
        line, column = self._places.of_value(part, "uuid", number)
        kinds = _COMPOSED.get(type_) or (KINDS.get(word(type_), ""),)
        if not any(kinds):
            said = Tell.OF.of(name=number or value[:80], what=Tell.NOT_COMPARED.of(kind=type_[:40]))
            yield Problem(self._path, line, column, "info", "kind", said)
            return
        note = ": ".join(text for text in (event.note, str(told.get("comment") or "")) if text)
        for kind, single in zip(kinds, value.split("|") if len(kinds) > 1 else (value,), strict=False):
            if kind:
                yield Listed(kind, single, line, column, event.level, event.source, note, 0, number)
