"""Files of events cut into parts that can be read and matched anywhere, in whatever order: a part is bytes alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.records import Entry

_EVTX = (".evtx",)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file.

    `header` and `chunks`: of an event log; `lines`: of JSON, a text of objects over many lines as a whole if bytes.
    `read`: bytes of the file that were read when it was cut.
    """

    header: bytes = b""
    chunks: Sequence[bytes] = ()
    lines: jsonfile.Piece = b""
    read: int = 0

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        lines = self.lines if isinstance(self.lines, list) else [self.lines]
        return sum(map(len, self.chunks)) + sum(map(len, lines))

    def entries(self) -> Iterator[Entry]:
        """Yield its records; indexes count from 0 in each part."""
        return evtx.records(self.header, self.chunks) if self.header else jsonfile.records(self.lines)


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
