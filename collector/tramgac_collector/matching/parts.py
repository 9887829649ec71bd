"""Files of events cut into parts that can be read and matched anywhere, in whatever order.

A part is bytes alone, or a small file as a whole: to send what it holds costs as much as a tenth of the search.
"""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.records import Entry

_EVTX = (".evtx",)
WHOLE = 1 << 20
"""Bytes of a file up to which it is a part as a whole; unless it is compressed, for then it may hold anything."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file.

    `header` and `chunks`: of an event log; `lines`: of JSON, a text of objects over many lines as a whole if bytes.
    `path`: of a file that is a part as a whole. `read`: bytes of the file that are read by its end.
    """

    header: bytes = b""
    chunks: Sequence[bytes] = ()
    lines: jsonfile.Piece = b""
    path: Path | None = None
    read: int = 0

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        if self.path is not None:
            return self.read
        lines = self.lines if isinstance(self.lines, list) else [self.lines]
        return sum(map(len, self.chunks)) + sum(map(len, lines))

    def entries(self, first: int = 0) -> Iterator[Entry]:
        """Yield its records; indexes count from `first`. A whole file raises what cutting it raises."""
        if self.path is not None:
            return _whole(self.path)
        return evtx.records(self.header, self.chunks, first) if self.header else jsonfile.records(self.lines, first)


def parts(path: Path) -> Iterator[Part]:
    """Yield a file as a whole if it is small, else its parts. OSError and Broken as of `cut`."""
    size = _size_if_small(path)
    if size is None:
        yield from cut(path)
    else:
        yield Part(path=path, read=size)


def _size_if_small(path: Path) -> int | None:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > WHOLE:  # a pipe is opened once
        return None
    with path.open("rb") as file:
        return None if jsonfile.is_compressed(file) else about.st_size


def _whole(path: Path) -> Iterator[Entry]:
    first = 0
    for part in cut(path):
        for entry in part.entries(first):
            yield entry
            first = entry.index + 1


def cut(path: Path) -> Iterator[Part]:
    """Yield the parts of a file in order. OSError if it cannot be opened, Broken if its rest cannot be read.

    What it is, its name says, or its first bytes.
    """
    with path.open("rb") as file:
        named = path.suffix.lower() in _EVTX
        if named or file.peek(len(evtx.MAGIC)).startswith(evtx.MAGIC):
            for header, chunks in evtx.pieces(file):
                yield Part(header, chunks, read=_position(file))
        else:
            for piece in jsonfile.pieces(file):
                yield Part(lines=piece, read=_position(file))


def _position(file: BufferedReader) -> int:
    """Return how far a file was read; 0 where it cannot tell, as of a pipe."""
    return file.tell() if file.seekable() else 0
