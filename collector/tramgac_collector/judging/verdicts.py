"""What YARA said of texts, kept in memory so that each distinct text is looked at once; bounded in bytes."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from tramgac_scan.client import Hit

MOST = 16 << 20
"""What is kept may take so much, bytes; the text seen longest ago is forgotten first."""
_ENTRY, _HIT, _STRING = 250, 600, 150
"""What an entry, each hit and each string of it take, bytes, reckoned generously."""


def key_of(text: str) -> bytes:
    """Return what names a text: 16 bytes that nobody can make another text to fit."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Verdicts:
    """Hits by the text's key."""

    def __init__(self, most: int = MOST) -> None:
        """Begin empty; `most`: bytes."""
        self._most, self.size = most, 0
        self._known: OrderedDict[bytes, Sequence[Hit]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many texts are known."""
        return len(self._known)

    def get(self, key: bytes) -> Sequence[Hit] | None:
        """Return the hits of a text, None if it was not looked at or was forgotten."""
        hits = self._known.get(key)
        if hits is not None:
            self._known.move_to_end(key)
        return hits

    def put(self, key: bytes, hits: Sequence[Hit]) -> None:
        """Keep the hits of a text that was not known."""
        self._known[key] = hits
        self.size += _weight(hits)
        while self.size > self._most and self._known:
            self.size -= _weight(self._known.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all: the rules changed."""
        self._known.clear()
        self.size = 0


def _weight(hits: Sequence[Hit]) -> int:
    return _ENTRY + sum(_HIT + _STRING * len(hit.strings) for hit in hits)
