"""Windows event log files: chunk by chunk, so that a damaged chunk costs its own records only.

A file is a header of 4,096 bytes and chunks of 65,536 (MS-EVEN6, and the format's public descriptions); each chunk
stands by itself. Records are parsed by the evtx library.
"""

import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import evtx

from tramgac_collector.matching.evtx_ledger import MARK, MOST, Ledger, numbers
from tramgac_collector.matching.jsonfile import Broken, record
from tramgac_collector.matching.records import Entry
from tramgac_collector.matching.words import Unread

MAGIC = b"ElfFile\x00"
_HEADER_SIZE, _CHUNK_SIZE = 4_096, 65_536
_PIECE = 16  # chunks
_HEADS, _NEXT = struct.Struct("<128x96I"), struct.Struct("<I")  # of chains of names and templates; the next of one


def entries(path: Path) -> Iterator[Entry]:
    """Yield the records of a file in order. OSError if it cannot be opened, Broken if it is none or lacks chunks."""
    index = 0
    with path.open("rb") as file:
        for header, chunks in pieces(file):
            for entry in records(header, chunks, index):
                yield entry
                index = entry.index + 1


def pieces(file: BinaryIO) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield the header of a file with some of its chunks, in order; those that hold nothing are left out.

    Raises Broken if it is no event log, and at the end if chunks are lost.
    """
    header = file.read(_HEADER_SIZE)
    if not header.startswith(MAGIC):
        raise Broken(Unread.NO_EVTX.both())
    if len(header) < _HEADER_SIZE:
        raise Broken(Unread.SHORT_HEADER.both())
    ledger = Ledger.of(header)
    while piece := file.read(_PIECE * _CHUNK_SIZE):
        chunks = (piece[at : at + _CHUNK_SIZE] for at in range(0, len(piece), _CHUNK_SIZE))
        if there := [chunk for chunk in chunks if ledger.take(chunk)]:
            yield header, there
    lost = ledger.end()
    if lost is not None:
        raise Broken(lost)


def records(header: bytes, chunks: Iterable[bytes], index: int = 0) -> Iterator[Entry]:
    """Yield the records of chunks of one file; `index`: of the first."""
    for chunk in chunks:
        if not chunk.startswith(MARK):
            yield Entry(index, None, problem=Unread.NO_CHUNK.both())
            index += 1
            continue
        for entry in _chunk(index, header, chunk):
            yield entry
            index = entry.index + 1


def _chunk(index: int, header: bytes, chunk: bytes) -> Iterator[Entry]:
    """Yield the records of one chunk; what a damaged one should have held are unreadable entries."""
    chunk = chunk.ljust(_CHUNK_SIZE, b"\x00")
    first, following = numbers(chunk)
    expected = following - first if not following or 0 < following - first <= MOST else 1
    seen = 0
    problem = Unread.SHORT_CHUNK.both()
    circle = _has_circle(chunk)  # which the parser would follow for ever
    if circle:
        problem = Unread.CIRCLE.both()
    for found in () if circle else _parsed(header + chunk):
        if isinstance(found, str):
            yield record(index + seen, found)  # of a damaged record the parser may make what is no JSON
        elif str(found).startswith("Failed to parse record"):
            yield Entry(index + seen, None, problem=Unread.PARSER.both(why=str(found)))
        else:  # the chunk as a whole
            problem = Unread.PARSER.both(why=str(found))
            break
        seen += 1
    for missing in range(seen, expected):
        yield Entry(index + missing, None, problem=problem)


def _has_circle(chunk: bytes) -> bool:
    """Tell whether a chain of a chunk's names or templates comes back to where it was."""
    for head in _HEADS.unpack_from(chunk):
        at, seen = head, set[int]()
        while 0 < at <= len(chunk) - _NEXT.size:
            if at in seen:
                return True
            seen.add(at)
            (at,) = _NEXT.unpack_from(chunk, at)
    return False


def _parsed(file: bytes) -> Iterator[str | Exception]:
    """Yield the records of a file of one chunk as JSON, and the errors in their places."""
    try:
        records = evtx.PyEvtxParser(io.BytesIO(file), number_of_threads=1).records_json()
    except (OSError, RuntimeError) as error:
        yield error
        return
    while True:
        try:
            found = next(records)
        except StopIteration:
            return
        except RuntimeError as error:
            yield error
        else:
            yield str(found["data"]) if found else "null"
