"""What is said of rules for people: a part of its own beside the compiled form, which agents do not get.

    {"format": 1, "about": {ID: {"description": ..., "references": [...], ...}, ...}}

of rules and correlations by their ids; what an author did not say is left out. The bundle has this part's SHA-256, so
one signature covers both. It is read when it is first asked for: on a detection, or for a listing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from backports.zstd import ZstdDecompressor, ZstdError

from tramgac_rules.errors import PackError

FORMAT = 1
MAX_BYTES = 256_000_000  # decompressed
MAX_ENTRIES = 55_000
MAX_TEXT = 65_536  # characters of any text
MAX_TEXTS = 10_000  # of one list
MAX_STEPS = 100  # of a rule's triage


@dataclass(frozen=True, slots=True)
class About:
    """What is said of one rule; empty where its author said nothing.

    What ends in `_vi` says it in Vietnamese. `triage`: what whoever gets the alert looks at, step by step. `path`: its
    source's name.
    """

    description: str = ""
    description_vi: str = ""
    title_vi: str = ""
    author: str = ""
    path: str = ""
    falsepositives: tuple[str, ...] = ()
    falsepositives_vi: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    triage: tuple[str, ...] = ()
    triage_vi: tuple[str, ...] = ()


_LISTS = {field.name: field.name in ("triage", "triage_vi") for field in fields(About) if field.default == ()}
"""The keys of lists of texts, and whether they are steps."""
_TEXTS = tuple(field.name for field in fields(About) if field.name not in _LISTS)
KEYS = (*_TEXTS, *_LISTS)
"""What of a rule stands here, and not in the compiled form."""


class Book:
    """What is said of all rules of a set. Not read before it is asked."""

    __slots__ = ("_entries", "_packed")

    def __init__(self, packed: bytes = b"") -> None:
        """Take the part as it is signed: zstd of JSON; nothing for a set of which nothing is said."""
        self._packed = packed
        self._entries: Mapping[str, About] | None = None

    @classmethod
    def of(cls, told: Mapping[str, object]) -> Self:
        """Return the book of a part that was just compiled. Raises PackError."""
        book = cls()
        book._entries = _entries(told)
        return book

    def check(self) -> None:
        """See that it can be read; it is not kept, for most of it is never asked for. Raises PackError."""
        if self._entries is None:
            _read(self._packed)

    def about(self, id_: str) -> About:
        """Return what is said of a rule or a correlation. Raises PackError, which `check` tells beforehand."""
        if self._entries is None:
            self._entries = _read(self._packed)
        return self._entries.get(id_, _NOTHING)


_NOTHING = About()


def _read(packed: bytes) -> Mapping[str, About]:
    if not packed:
        return {}
    decompressor = ZstdDecompressor()
    try:
        data = decompressor.decompress(packed, max_length=MAX_BYTES + 1)
        if len(data) > MAX_BYTES or not decompressor.eof:
            raise PackError(f"about: it ends before its end, or has more than {MAX_BYTES} bytes")
        told = json.loads(data)
    except (ZstdError, ValueError, RecursionError) as error:
        raise PackError(f"about: it cannot be read: {error}") from error
    return _entries(told)


def _entries(told: object) -> Mapping[str, About]:
    """Check everything, and return what is said by id."""
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        given = told.get("format") if isinstance(told, dict) else told
        raise PackError(f"about: format {str(given)[:20]} is unknown, {FORMAT} is: update this program")
    entries = told.get("about")
    if not isinstance(entries, dict) or len(entries) > MAX_ENTRIES:
        raise PackError(f"about: an object with at most {MAX_ENTRIES} entries is expected")
    return {id_: _about(entry, f"about[{id_[:60]}]") for id_, entry in entries.items()}


def _about(entry: object, where: str) -> About:
    if not isinstance(entry, dict):
        raise PackError(f"{where}: an object is expected")
    found: dict[str, object] = {}
    for key, value in entry.items():
        if key in _LISTS:
            most = MAX_STEPS if _LISTS[key] else MAX_TEXTS
            if not isinstance(value, list) or len(value) > most or not all(map(_is_text, value)):
                raise PackError(f"{where}.{key}: a list of at most {most} texts of {MAX_TEXT} characters is expected")
            found[key] = tuple(value)
        elif key in _TEXTS:
            if not _is_text(value):
                raise PackError(f"{where}.{key}: a text of at most {MAX_TEXT} characters is expected")
            found[key] = value
    return About(**found)  # type: ignore[arg-type]  # by name, each as checked


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT
