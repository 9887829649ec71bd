"""Sorted tables of values over bytes that lie anywhere, as in a mapped file: no object for each entry.

A value is found by its CRC-32, four bytes of which a million are four megabytes, and then compared itself. Values
with one CRC are sorted too: whoever makes a million of them on purpose costs no one more than a binary search.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

NONE = 0xFFFF_FFFF
"""What stands for no entry."""
_FEWEST_BITS, _MOST_BITS = 8, 23  # of a table's marks: from 256 bytes to 8 MB


class Table:
    """Different values of one kind, each with the number of what is known of it.

    Args:
        keys: CRC-32 of each value, rising; of equal ones the values rise.
        starts: where each value begins, and the end of the last; empty for values of one length.
        width: that length, bytes; 0 if `starts` says it.
        values: the values, one after another.
        abouts: numbers of what is known.
    """

    __slots__ = ("_abouts", "_keys", "_marks", "_shift", "_starts", "_values", "_width")

    def __init__(
        self, keys: memoryview, starts: memoryview, width: int, values: memoryview, abouts: memoryview
    ) -> None:
        """Mark which keys there are, two to four bytes an entry: most values that are not here meet no mark."""
        self._keys, self._starts, self._width, self._values, self._abouts = keys, starts, width, values, abouts
        bits = min(_MOST_BITS, max(_FEWEST_BITS, (2 * len(keys)).bit_length()))
        self._shift = shift = 32 - bits
        self._marks = marks = bytearray(1 << bits)
        for key in keys:
            marks[key >> shift] |= 1 << (key & 7)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, value: bytes) -> int:
        """Return the entry of a value, -1 if there is none."""
        key = crc32(value)
        return self._confirm(key, value) if self._marks[key >> self._shift] >> (key & 7) & 1 else -1

    def find_text(self, text: str) -> int:
        """Return the entry of a text, -1 if there is none."""
        try:
            return self.find(text.encode())
        except UnicodeEncodeError:  # half surrogates are in no table
            return -1

    def _confirm(self, key: int, value: bytes) -> int:
        first = bisect_left(self._keys, key)
        if first == len(self._keys) or self._keys[first] != key:
            return -1
        if self.value(first) == value:
            return first
        last = bisect_right(self._keys, key, first)
        found = bisect_left(range(last), value, first, key=self.value)
        return found if found < last and self.value(found) == value else -1

    def value(self, entry: int) -> bytes:
        """Return the value of an entry."""
        if self._width:
            return bytes(self._values[entry * self._width : (entry + 1) * self._width])
        return bytes(self._values[self._starts[entry] : self._starts[entry + 1]])

    def about(self, entry: int) -> int:
        """Return the number of what is known of an entry."""
        return self._abouts[entry]


class Networks:
    """Networks of one family, sorted by first address and then from wide to narrow; each knows the one around it.

    A value is the first address and a byte with the length of the prefix. Two networks are apart, or one is within
    the other: so the last that begins at or before an address, and those around it, are all that may hold it.

    Args:
        keys: the first four bytes of each as a number, rising.
        values: the values, one after another.
        parents: the entry of the narrowest network around each, or NONE; always before it.
        abouts: numbers of what is known.
        size: bytes of an address, 4 or 16.
    """

    __slots__ = ("_abouts", "_keys", "_marks", "_parents", "_size", "_values")

    def __init__(
        self, keys: memoryview, values: memoryview, parents: memoryview, abouts: memoryview, size: int
    ) -> None:
        """Mark the first two bytes of all addresses that are in a network: most addresses meet no mark."""
        self._keys, self._values, self._parents, self._abouts, self._size = keys, values, parents, abouts, size
        self._marks = bytearray(1 << 16)
        wide = {(key >> 16, 16 - prefix) for key, prefix in zip(keys, values[size :: size + 1], strict=True)}
        for first, free in wide:
            count = min(1 << max(0, free), len(self._marks) - first)
            self._marks[first : first + count] = b"\1" * count

    def __len__(self) -> int:
        return len(self._keys)

    def around(self, packed: bytes) -> Sequence[int]:
        """Return the entries of the networks that hold an address, from narrow to wide."""
        return [*self._around(packed)] if self._marks[packed[0] << 8 | packed[1]] else ()

    def _around(self, packed: bytes) -> Iterator[int]:
        key = int.from_bytes(packed[:4])
        entry = bisect_right(self._keys, key) - 1
        if self._size > 4 and entry >= 0 and self._keys[entry] == key:  # noqa: PLR2004 - more than the key tells
            first = bisect_left(self._keys, key)
            entry = bisect_right(range(entry + 1), packed + b"\xff", first, key=self.value) - 1
        bits, address = 8 * self._size, int.from_bytes(packed)
        while 0 <= entry < NONE:
            value = self.value(entry)
            free = bits - value[-1]
            if int.from_bytes(value[:-1]) >> free == address >> free:
                yield entry
            entry = self._parents[entry]

    def value(self, entry: int) -> bytes:
        """Return the first address of an entry and the length of its prefix."""
        width = self._size + 1
        return bytes(self._values[entry * width : (entry + 1) * width])

    def about(self, entry: int) -> int:
        """Return the number of what is known of an entry."""
        return self._abouts[entry]


def parents(networks: Sequence[bytes]) -> Iterable[int]:
    """Return the entry of the narrowest network around each of sorted networks, NONE where there is none."""
    open_: list[tuple[int, int]] = []  # entry and last address of those around the present one
    for entry, value in enumerate(networks):
        first = int.from_bytes(value[:-1])
        while open_ and open_[-1][1] < first:
            open_.pop()
        yield open_[-1][0] if open_ else NONE
        open_.append((entry, first | (1 << 8 * (len(value) - 1) - value[-1]) - 1))
