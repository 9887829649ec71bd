"""Why a list of indicators cannot be read, told by its cause, and how to mend it. Pure."""

from collections.abc import Mapping
from json import JSONDecodeError
from typing import Final

from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.authoring.texts import Text

Fault = tuple[Text, Text]
"""What is wrong, and what to do."""
BEGINNING: Final = 512
"""Bytes that tell what a file is."""
_MAGIC: Final[Mapping[bytes, Fault]] = {
    b"\xff\xfe": (Tell.UTF16.of(), Tell.SAVE_AS_UTF8.of()),
    b"\xfe\xff": (Tell.UTF16.of(), Tell.SAVE_AS_UTF8.of()),
    b"\x1f\x8b": (Tell.PACKED.of(kind="gzip"), Tell.UNPACK.of()),
    b"PK\x03\x04": (Tell.PACKED.of(kind="zip"), Tell.UNPACK.of()),
    b"\x28\xb5\x2f\xfd": (Tell.PACKED.of(kind="zstd"), Tell.UNPACK.of()),
}
_PAGE: Final = (b"<!doctype html", b"<html")
_JSON: Final[Mapping[str, Fault]] = {
    "Expecting value": (Tell.JSON_VALUE.of(), Tell.MEND_HERE.of()),
    "Expecting ','": (Tell.JSON_COMMA.of(), Tell.MEND_HERE.of()),
    "Expecting ':'": (Tell.JSON_COLON.of(), Tell.MEND_HERE.of()),
    "Expecting property name": (Tell.JSON_KEY.of(), Tell.MEND_KEY.of()),
    "Expecting a key": (Tell.JSON_KEY.of(), Tell.MEND_KEY.of()),
    "Unterminated string": (Tell.CUT_OFF.of(), Tell.FETCH_AGAIN.of()),  # a line's end within would be told first
    "Invalid control character": (Tell.JSON_CONTROL.of(), Tell.MEND_HERE.of()),
    "Invalid \\": (Tell.JSON_ESCAPE.of(), Tell.MEND_HERE.of()),
    "Extra data": (Tell.JSON_REST.of(), Tell.ONE_LIST.of()),
}
"""By how the reader's words begin."""


def by_beginning(data: bytes) -> Fault | None:
    """Tell from a file's beginning that it is something else altogether; None if it is not."""
    for magic, fault in _MAGIC.items():
        if data.startswith(magic):
            return fault
    return (Tell.WEB_PAGE.of(), Tell.FETCH_AGAIN.of()) if data.lstrip().lower().startswith(_PAGE) else None


def json_fault(text: str, error: JSONDecodeError) -> Fault:
    """Tell what is wrong with a JSON file where its reader stopped."""
    if not text.strip():
        return Tell.EMPTY_LIST.of(), Tell.FETCH_AGAIN.of()
    if not text.lstrip().startswith(("{", "[")):
        return Tell.NO_JSON_AT_ALL.of(), Tell.NAME_CSV.of()
    if error.pos >= len(text.rstrip()):
        return Tell.CUT_OFF.of(), Tell.FETCH_AGAIN.of()
    known = next((fault for begins, fault in _JSON.items() if error.msg.startswith(begins)), None)
    return known or (Tell.NO_JSON.of(why=error.msg), Tell.MEND_HERE.of())
