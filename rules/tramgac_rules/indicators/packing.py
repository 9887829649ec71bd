"""Indicators to bytes; see layout.py."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from zlib import crc32

from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators.about import LEVELS, MAX_NOTE, About
from tramgac_rules.indicators.layout import FORMAT, MAGIC, MAX_ENTRIES, NETWORKS, TABLES, TEXTS
from tramgac_rules.indicators.table import parents


def pack(tables: Mapping[str, Mapping[bytes, int]], abouts: Sequence[About]) -> bytes:
    """Return a set of indicators as bytes. Raises IndicatorError: too many.

    `tables`: for each table (layout.TABLES) its values with their place in `abouts`. A network's value is its first
    address and a byte with the length of its prefix.
    """
    count = sum(map(len, tables.values()))
    if count > MAX_ENTRIES:
        raise IndicatorError(f"{count} indicators, {MAX_ENTRIES} are allowed in one set; leave old ones out")
    sections = dict(_about_sections(abouts))
    for name in TABLES:
        sections.update(_table_sections(name, tables.get(name, {})))
    labels = max((value.count(b".") + 1 for value in tables.get("domain", ())), default=0)
    return _joined(sections, labels)


def _joined(sections: Mapping[str, bytes], labels: int) -> bytes:
    """Put the header before the sections; between them is as much room as its longest form needs."""
    longest = json.dumps({name: [1 << 40, 1 << 40] for name in sections})
    places, at = {}, _aligned(len(MAGIC) + 4 + len(longest) + 100)
    for name, data in sections.items():
        places[name] = [at, len(data)]
        at = _aligned(at + len(data))
    header = json.dumps({"format": FORMAT, "labels": labels, "sections": places}).encode()
    whole = bytearray(MAGIC + len(header).to_bytes(4, "little") + header)
    for name, data in sections.items():
        whole += bytes(places[name][0] - len(whole))
        whole += data
    return bytes(whole)


def _about_sections(abouts: Sequence[About]) -> Iterator[tuple[str, bytes]]:
    texts: dict[str, int] = {}
    places = [[texts.setdefault(text[:MAX_NOTE], len(texts)) for text in (it.source, it.note)] for it in abouts]
    encoded = [text.encode("utf-8", "replace") for text in texts]
    yield "texts.starts", _numbers("I", accumulate(map(len, encoded), initial=0))
    yield "texts", b"".join(encoded)
    yield "about.expires", _numbers("Q", (about.expires for about in abouts))
    yield "about.sources", _numbers("I", (source for source, _ in places))
    yield "about.notes", _numbers("I", (note for _, note in places))
    yield "about.levels", bytes(LEVELS.index(about.level) for about in abouts)


def _table_sections(name: str, entries: Mapping[bytes, int]) -> Iterator[tuple[str, bytes]]:
    if not entries:
        return
    if name in NETWORKS:
        order = sorted(entries)
        yield f"{name}.keys", _numbers("I", (int.from_bytes(value[:4]) for value in order))
        yield f"{name}.parents", _numbers("I", parents(order))
    else:
        order = sorted(entries, key=lambda value: (crc32(value), value))
        yield f"{name}.keys", _numbers("I", map(crc32, order))
    if name in TEXTS:
        yield f"{name}.starts", _numbers("I", accumulate(map(len, order), initial=0))
    yield f"{name}.values", b"".join(order)
    yield f"{name}.abouts", _numbers("I", (entries[value] for value in order))


def _numbers(code: str, numbers: Iterable[int]) -> bytes:
    return array(code, numbers).tobytes()


def _aligned(at: int) -> int:
    return -(-at // 8) * 8
