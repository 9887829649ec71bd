"""Reads a BPF ring (kernel/bpf/ringbuf.c) through mmap: no call into the kernel, no callback a record.

The first page holds the reader's position, the second the writer's, then come the data. The kernel
maps the data twice in a row so that a record that wraps can be read in one piece; we map them once
(half the resident memory) and join the two pieces of the one record that wraps.

Order of memory accesses: the writer publishes a record by clearing the busy bit of its header after
the data. The reader must load the header before the data. On x86 loads are not reordered with loads,
and CPython does one load after the other; on arm64 that is not given, so the rung is not offered there.
"""

from __future__ import annotations

import mmap
import select
import struct
import sys
from typing import TYPE_CHECKING

assert sys.platform == "linux"

if TYPE_CHECKING:
    from collections.abc import Callable

_BUSY = 1 << 31
_DISCARDED = 1 << 30
_LENGTH = _DISCARDED - 1
_HEADER = 8
_PAGE = mmap.PAGESIZE


class Ring:
    """One reader of one ring."""

    def __init__(self, fd: int, size: int) -> None:
        """Map the ring behind `fd`, whose data are `size` bytes. Raises OSError."""
        self._mask = size - 1
        self._reader_map = mmap.mmap(fd, _PAGE, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._writer_map = mmap.mmap(fd, _PAGE + size, mmap.MAP_SHARED, mmap.PROT_READ, offset=_PAGE)
        self._reader = memoryview(self._reader_map)[:8].cast("Q")
        self._whole = memoryview(self._writer_map)
        self._writer = self._whole[:8].cast("Q")
        self._data = self._whole[_PAGE:]
        # Edge-triggered: ready only when the kernel was told to wake us, not whenever there are data.
        self._epoll = select.epoll()
        self._epoll.register(fd, select.EPOLLIN | select.EPOLLET)

    def fileno(self) -> int:
        """Readable when the ring fills up and draining should not wait."""
        return self._epoll.fileno()

    def drain(self, budget: int, take: Callable[[memoryview], None]) -> int:
        """Hand up to `budget` records to `take`, oldest first; how many.

        The view is only good until `take` returns.
        """
        self._epoll.poll(0)
        header = struct.Struct("<I").unpack_from
        data, mask = self._data, self._mask
        size = mask + 1
        position = self._reader[0]
        end = self._writer[0]
        taken = 0
        while position < end and taken < budget:
            offset = position & mask
            (word,) = header(data, offset)
            if word & _BUSY:
                break
            length = word & _LENGTH
            begin = offset + _HEADER
            if not word & _DISCARDED:
                if begin + length <= size:
                    take(data[begin : begin + length])
                else:
                    take(self._joined(begin, length))
                taken += 1
            position += (length + _HEADER + 7) & ~7
            self._reader[0] = position
        return taken

    def _joined(self, begin: int, length: int) -> memoryview:
        """A record that goes on at the start of the data."""
        size = self._mask + 1
        begin &= self._mask
        first = bytes(self._data[begin : min(size, begin + length)])
        return memoryview(first + bytes(self._data[: length - len(first)]))

    def close(self) -> None:
        """Unmap."""
        self._epoll.close()
        for view in (self._reader, self._writer, self._data, self._whole):
            view.release()
        self._reader_map.close()
        self._writer_map.close()
