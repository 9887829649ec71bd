"""Bytes to a set of indicators, after everything in them was checked that looking up relies on; see layout.py.

The bytes stay where they are. What is checked costs about 0.2 s a million, and keeps whatever a damaged or a
malicious file says from leading anywhere but to a refusal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from operator import le
from struct import calcsize
from typing import Literal

from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators.about import LEVELS, About
from tramgac_rules.indicators.layout import (
    FIXED,
    FORMAT,
    MAGIC,
    MAX_ENTRIES,
    MAX_HEADER,
    MAX_LABELS,
    NETWORKS,
    NUMBERS,
    TABLES,
    TEXTS,
)
from tramgac_rules.indicators.table import NONE, Networks, Table

Buffer = bytes | bytearray | memoryview
_EMPTY = memoryview(b"")


class Abouts:
    """What is known of indicators, by number."""

    __slots__ = ("_levels", "_notes", "_sources", "_starts", "_texts", "expires")

    def __init__(self, sections: "_Sections") -> None:
        """Take the columns; `expires[number]` is a moment in ns, 0 for never."""
        self._starts, self._texts = sections.starts("texts.starts", "texts"), sections["texts"]
        self._levels = sections["about.levels"]
        self.expires, count = sections["about.expires"], len(self._levels)
        self._sources, self._notes = sections["about.sources"], sections["about.notes"]
        if not len(self.expires) == len(self._sources) == len(self._notes) == count:
            raise IndicatorError("about: its columns differ in length")
        sections.below("about.levels", len(LEVELS))
        for name in ("about.sources", "about.notes"):
            sections.below(name, len(self._starts) - 1)

    def __len__(self) -> int:
        return len(self._levels)

    def __getitem__(self, number: int) -> About:
        source, note = self._text(self._sources[number]), self._text(self._notes[number])
        return About(LEVELS[self._levels[number]], source, note, self.expires[number])

    def _text(self, number: int) -> str:
        return bytes(self._texts[self._starts[number] : self._starts[number + 1]]).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Opened:
    """A set: its tables by name, those with entries; `labels`: of the longest domain."""

    tables: Mapping[str, Table]
    networks: Mapping[str, Networks]
    abouts: Abouts
    labels: int

    def counts(self) -> dict[str, int]:
        """How many entries each table has."""
        tables = {name: len(table) for name, table in self.tables.items()}
        return tables | {name: len(table) for name, table in self.networks.items()}


def open_set(data: Buffer) -> Opened:
    """Return a set over its bytes, which must stay as they are. Raises IndicatorError."""
    header, sections = _read(memoryview(data).cast("B"))
    labels = header.get("labels")
    if not isinstance(labels, int) or not 0 <= labels <= MAX_LABELS:
        raise IndicatorError(f"labels: {labels!r} is no number up to {MAX_LABELS}")
    abouts = Abouts(sections)
    present = [name for name in TABLES if f"{name}.keys" in sections]
    if sum(len(sections[f"{name}.keys"]) for name in present) > MAX_ENTRIES:
        raise IndicatorError(f"more than {MAX_ENTRIES} indicators")
    tables = {name: _table(name, sections, len(abouts)) for name in present if name not in NETWORKS}
    networks = {name: _networks(name, sections, len(abouts)) for name in present if name in NETWORKS}
    return Opened(tables, networks, abouts, labels)


def _read(whole: memoryview) -> tuple[Mapping[str, object], "_Sections"]:
    before = len(MAGIC) + 4
    if len(whole) < before or bytes(whole[: len(MAGIC)]) != MAGIC:
        raise IndicatorError("no set of indicators: it begins otherwise")
    length = int.from_bytes(whole[len(MAGIC) : before], "little")
    if length > min(MAX_HEADER, len(whole) - before):
        raise IndicatorError(f"the header has {length} bytes; so many are not there or not allowed")
    try:
        header = json.loads(bytes(whole[before : before + length]))
    except (ValueError, RecursionError) as error:
        raise IndicatorError("the header is damaged: sign the lists again and push them") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise IndicatorError(f"the header names no format {FORMAT}, which this program reads: update the older of both")
    places = header.get("sections")
    if not isinstance(places, dict):
        raise IndicatorError("the header names no sections")
    return header, _Sections(whole, places)


class _Sections(dict[str, memoryview]):
    """Sections by name, as numbers where they hold numbers; with the checks that several of them need."""

    def __init__(self, whole: memoryview, places: Mapping[str, object]) -> None:
        """Cut them out. One that is not there is empty."""
        super().__init__()
        for name, place in places.items():
            match place:
                case [int(at), int(size)] if 0 <= at <= len(whole) and 0 <= size <= len(whole) - at:
                    section = whole[at : at + size]
                case _:
                    raise IndicatorError(f"{name:.40}: {str(place)[:40]} is no place in {len(whole)} bytes")
            code = _code(name)
            if size % calcsize(code):
                raise IndicatorError(f"{name:.40}: {size} bytes are no whole numbers")
            self[name] = section.cast(code)

    def __missing__(self, name: str) -> memoryview:
        return _EMPTY.cast(_code(name))

    def starts(self, name: str, of: str) -> memoryview:
        """Return where the parts of a section begin, after looking whether they cover it one after another."""
        starts = self[name]
        if not len(starts) or starts[0] or starts[-1] != len(self[of]) or not all(map(le, starts, starts[1:])):
            raise IndicatorError(f"{name}: they do not divide {of}")
        return starts

    def below(self, name: str, bound: int) -> None:
        """Look whether all numbers of a section are below a bound."""
        if max(self[name], default=-1) >= bound:
            raise IndicatorError(f"{name}: a number is not below {bound}")

    def columns(self, name: str, abouts: int) -> tuple[memoryview, memoryview, memoryview]:
        """Return keys, values and abouts of a table; the keys rise, the abouts are there."""
        keys, numbers = self[f"{name}.keys"], self[f"{name}.abouts"]
        if len(keys) != len(numbers) or not all(map(le, keys, keys[1:])):
            raise IndicatorError(f"{name}.keys: they do not rise, or are not as many as abouts")
        self.below(f"{name}.abouts", abouts)
        return keys, self[f"{name}.values"], numbers


def _code(name: str) -> Literal["B", "I", "Q"]:
    return NUMBERS.get(name.rpartition(".")[2], "B")


def _table(name: str, sections: _Sections, abouts: int) -> Table:
    keys, values, numbers = sections.columns(name, abouts)
    starts = sections.starts(f"{name}.starts", f"{name}.values") if name in TEXTS else sections[f"{name}.starts"]
    width = FIXED.get(name, 0)
    entries = len(starts) - 1 if name in TEXTS else len(values) / width
    if entries != len(keys):
        raise IndicatorError(f"{name}: {entries} values, {len(keys)} keys")
    return Table(keys, starts, width, values, numbers)


def _networks(name: str, sections: _Sections, abouts: int) -> Networks:
    keys, values, numbers = sections.columns(name, abouts)
    around, size = sections[f"{name}.parents"], NETWORKS[name]
    if len(values) != len(keys) * (size + 1) or len(around) != len(keys):
        raise IndicatorError(f"{name}: {len(keys)} keys, {len(around)} parents, {len(values)} bytes of values")
    if max(values[size :: size + 1], default=0) > 8 * size:
        raise IndicatorError(f"{name}.values: a prefix is longer than {8 * size}")
    if any(parent != NONE and parent >= entry for entry, parent in enumerate(around)):
        raise IndicatorError(f"{name}.parents: one does not stand before its entry")
    return Networks(keys, values, around, numbers, size)
