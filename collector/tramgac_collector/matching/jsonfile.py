"""Files of JSON: lines, objects one after another over many lines, or one array; plain, gzip or zstd."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from typing import IO

import msgspec
from backports import zstd
from tramgac_rules.evaluate import MAX_VALUE

from tramgac_collector.errors import Told
from tramgac_collector.matching.records import Entry, cut_of, entry_of
from tramgac_collector.matching.words import Unread

# Bytes of one line, and characters of a file that is one array or objects over many lines: those are read whole.
MAX_LINE = 16 << 20
MAX_WHOLE = 256 << 20
_PIECE = 1 << 20  # bytes of lines that are read together
_TELLING = 200  # lines, of no more than a piece, that tell what a file is
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
    except (msgspec.DecodeError, UnicodeDecodeError):
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
        text = _Text(file)
        yield from _pieces(text.lines())
        if text.fault is not None:
            raise text.fault


@dataclass(slots=True)
class _Text:
    """An open file whose lines end where it is damaged: `fault` says so, and what came before is read."""

    file: IO[bytes]
    fault: Broken | None = None

    def lines(self) -> Iterator[bytes]:
        """Yield the lines."""
        try:
            yield from _lines(self.file)
        except (EOFError, OSError, zstd.ZstdError, zlib.error) as error:
            self.fault = Broken(Unread.DAMAGED.both(why=str(error)))


def records(piece: Piece, index: int = 0) -> Iterator[Entry]:
    """Yield the records of a piece; `index`: of the first."""
    given = piece if isinstance(piece, list) else _in_text(piece.decode("utf-8", "replace"))
    texts: Iterable[bytes | str | None] = given
    for number, text in enumerate(texts, index):
        yield Entry(number, None, problem=Unread.NO_END.both()) if text is None else record(number, text)


def is_compressed(file: BufferedReader) -> bool:
    """Tell whether a file is compressed, by its first bytes."""
    return file.peek(4).startswith((_GZIP, _ZSTD))


def _opened(raw: BufferedReader) -> IO[bytes]:
    """Return the file with its compression undone; told by its first bytes, not by its name."""
    magic = raw.peek(4)
    if magic.startswith(_GZIP):
        return gzip.open(raw)  # type: ignore[return-value]
    return zstd.open(raw) if magic.startswith(_ZSTD) else raw  # type: ignore[return-value]


def _pieces(lines: Iterator[bytes]) -> Iterator[Piece]:
    begin = list(_beginning(lines))
    if begin and not _each_a_record(begin):
        yield b"".join(_bounded(chain(begin, lines), MAX_WHOLE))
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


def _indent_of_object(line: bytes) -> int | None:
    """Return how far in an object begins that a line begins with; None if it does not."""
    rest = line.lstrip()
    return len(line) - len(rest) if rest.startswith(b"{") else None


def _beginning(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines that tell what a file is."""
    size = 0
    for line in islice(lines, _TELLING):
        yield line
        size += len(line)
        if size >= _PIECE:
            return


def _each_a_record(begin: Sequence[bytes]) -> bool:
    """Tell whether each line of a file is a record; else it is one array, or objects over many lines.

    The first object that can be read tells, so that damaged lines before it do not. Without any: objects over many
    lines if there is the beginning of one, for they are found behind damage as well.
    """
    if begin[0].lstrip().startswith(b"["):
        return False
    indents = [_indent_of_object(line) for line in begin]
    outermost = next((indent for indent in indents if indent is not None), None)
    opened = [number for number, indent in enumerate(indents) if indent is not None and indent == outermost]
    for number in opened:
        if _is_object(begin[number]):
            return True
        if _begins_with_object(b"".join(begin[number:]).decode("utf-8", "replace")):
            return False
    return not opened


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


def _begins_with_object(text: str) -> bool:
    try:
        return isinstance(_patient.raw_decode(text)[0], dict)
    except (ValueError, RecursionError):
        return False


def record(index: int, text: bytes | str) -> Entry:
    """Return the record that a text of JSON is; an unreadable one if it is none."""
    try:
        entry = entry_of(index, decode(text))
    except (ValueError, RecursionError) as error:
        return Entry(index, None, problem=Unread.NO_JSON.both(why=str(error)))
    if len(text) <= MAX_VALUE or entry.record is None:  # a short text has no long value
        return entry
    return replace(entry, cut=cut_of(entry.record.fields))


def _in_text(text: str) -> Iterator[str | None]:
    """Yield the values of a text: elements of arrays, or one after another; None where an array ends too early."""
    position, array = 0, False
    while (position := _SPACE.match(text, position).end()) < len(text):  # type: ignore[union-attr]
        if text[position] == ("]" if array else "["):
            array, position = not array, position + 1
            continue
        end = _end_of_value(text, position, array=array)
        if end is None:
            yield text[position:]
            return
        yield text[position:end]
        position = end
    if array:
        yield None


_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*+"|[^,\[\]{}\s]+', re.DOTALL)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)


def _end_of_value(text: str, start: int, *, array: bool) -> int | None:
    """Return where the value that begins at a place ends: by its brackets, so that a faulty one ends there too.

    What is no object outside an array ends where the next object begins; None: the value has no end.
    """
    scalar = _SCALAR.match(text, start) if array else None
    if scalar:
        return scalar.end()
    depth = 0
    for found in _STRUCTURE.finditer(text, start) if array or text[start] == "{" else ():
        char = found.group()
        if char in ("{", "["):
            depth += 1
        elif char in ("}", "]"):
            depth -= 1
            if depth <= 0:  # below zero: a bracket that nothing opened
                return found.end()
    following = None if array else _NEXT_OBJECT.search(text, start + 1)
    return following.start() if following else None
