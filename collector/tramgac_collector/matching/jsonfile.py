"""Files of JSON: lines, objects one after another over many lines, or one array; plain, gzip or zstd."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from typing import IO

import msgspec
from backports import zstd

from tramgac_collector.errors import Told
from tramgac_collector.matching.records import Entry, entry_of
from tramgac_collector.matching.words import Unread

# Bytes of one line, and characters of a file that is one array or objects over many lines: those are read whole.
MAX_LINE = 16 << 20
MAX_WHOLE = 256 << 20
_PIECE = 1 << 20  # bytes of lines that are read together
Piece = list[bytes] | bytes
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOM = b"\xef\xbb\xbf"
_quick = msgspec.json.Decoder(float_hook=str)
_patient = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r"^\{", re.MULTILINE)


class Broken(Told):
    """The rest of a file cannot be read (its compression is damaged, or it is too large)."""


def decode(line: bytes | str) -> object:
    """Return a JSON value with numbers as whole numbers or texts as they stood. Raises ValueError."""
    try:
        return _quick.decode(line)
    except msgspec.DecodeError:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        return _clean(_patient.decode(text))


def _clean(value: object) -> object:
    """Return a value with every half of a surrogate pair, which no text can hold, replaced."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    return value


def entries(path: Path) -> Iterator[Entry]:
    """Yield the records of a file in order. OSError if it cannot be opened, Broken if its rest cannot be read."""
    index = 0
    with path.open("rb") as file:
        for piece in pieces(file):
            for entry in records(piece, index):
                yield entry
                index = entry.index + 1


def pieces(raw: BufferedReader) -> Iterator[Piece]:
    """Yield an open file's text in pieces that can be read by themselves. Raises Broken if its rest cannot be read.

    A piece: some lines, each a record; or a whole text of objects over many lines.
    """
    with _opened(raw) as file:
        try:
            yield from _pieces(file)
        except (EOFError, OSError, zstd.ZstdError, zlib.error) as error:
            raise Broken(Unread.DAMAGED.both(why=error)) from error


def records(piece: Piece, index: int = 0) -> Iterator[Entry]:
    """Yield the records of a piece; `index`: of the first."""
    texts: Iterable[bytes | str] = piece if isinstance(piece, list) else _in_text(piece.decode("utf-8", "replace"))
    for number, text in enumerate(texts, index):
        yield record(number, text)


def _opened(raw: BufferedReader) -> IO[bytes]:
    """Return the file with its compression undone; told by its first bytes, not by its name."""
    magic = raw.peek(4)
    if magic.startswith(_GZIP):
        return gzip.open(raw)  # type: ignore[return-value]
    return zstd.open(raw) if magic.startswith(_ZSTD) else raw  # type: ignore[return-value]


def _pieces(file: IO[bytes]) -> Iterator[Piece]:
    lines = _lines(file)
    begin = list(islice(lines, 2))
    if not begin:
        return
    if begin[0].lstrip().startswith(b"[") or not any(map(_is_object, begin)):
        yield b"".join([*begin, *_bounded(lines, MAX_WHOLE)])
        return
    piece: list[bytes] = []
    size = 0
    for line in chain(begin, lines):
        piece.append(line)
        size += len(line)
        if size >= _PIECE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines that are not blank, without a byte order mark; an endless one is cut and thus unreadable."""
    fresh = True
    while line := file.readline(MAX_LINE):
        if fresh and line.startswith(_BOM):
            line = line[len(_BOM) :]
        fresh = False
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
        if line.strip():
            yield line


def _bounded(lines: Iterator[bytes], most: int) -> Iterator[bytes]:
    for line in lines:
        most -= len(line)
        if most < 0:
            raise Broken(Unread.TOO_LARGE.both(limit=MAX_WHOLE >> 20))
        yield line


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except (ValueError, RecursionError):
        return False


def record(index: int, text: bytes | str) -> Entry:
    """Return the record that a text of JSON is; an unreadable one if it is none."""
    try:
        return entry_of(index, decode(text))
    except (ValueError, RecursionError) as error:
        return Entry(index, None, problem=Unread.NO_JSON.both(why=error))


def _in_text(text: str) -> Iterator[str]:
    """Yield the objects of a text: elements of an array, or one after another."""
    position = _SPACE.match(text).end()  # type: ignore[union-attr]
    array = text.startswith("[", position)
    position += array
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if position >= len(text) or (array and text[position] == "]"):
            return
        end = _end_of_value(text, position, array=array)
        yield text[position:end]
        position = end


_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*+"|[^,\[\]{}\s]+', re.DOTALL)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)


def _end_of_value(text: str, start: int, *, array: bool) -> int:
    """Return where the value that begins at a place ends: by its brackets, so that a faulty one ends there too."""
    scalar = _SCALAR.match(text, start) if array else None
    if scalar:
        return scalar.end()
    depth = 0
    for found in _STRUCTURE.finditer(text, start):
        char = found.group()
        if char in ("{", "["):
            depth += 1
        elif char in ("}", "]"):
            depth -= 1
            if depth <= 0:  # below zero: a bracket that nothing opened
                return found.end()
        elif not depth and not array:
            break
    following = None if array else _NEXT_OBJECT.search(text, start + 1)
    return following.start() if following else len(text)
