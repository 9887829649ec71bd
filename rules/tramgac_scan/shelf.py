"""Compiled rule sets by the digest of their sources, so that a process compiles each set once.

A scanner that starts its child anew, and another scanner of the same rules, take the compiled form from here. It was
made by a child that had not yet looked at any file, from sources that are signed, and is given to children alone.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

MOST = 128 << 20
"""What compiled sets may hold together, bytes; the one used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Form:
    """A compiled set: as YARA saves it, and the paths of the sources that use no external."""

    data: bytes
    content_only: frozenset[str]


class Shelf:
    """Compiled sets; for any number of threads."""

    def __init__(self, most: int = MOST) -> None:
        """Begin empty; `most`: how many bytes at most."""
        self._most = most
        self._forms: OrderedDict[str, Form] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str) -> Form | None:
        """Return the set of these sources, None if it is not here."""
        with self._lock:
            if digest in self._forms:
                self._forms.move_to_end(digest)
            return self._forms.get(digest)

    def put(self, digest: str, form: Form) -> None:
        """Keep a set; one that is larger than the shelf is not kept."""
        with self._lock:
            self._forms[digest] = form
            self._forms.move_to_end(digest)
            while self._forms and sum(len(kept.data) for kept in self._forms.values()) > self._most:
                self._forms.popitem(last=False)

    def drop(self, digest: str) -> None:
        """Forget a set: its form does not load."""
        with self._lock:
            self._forms.pop(digest, None)


SHELF = Shelf()
"""This process's."""


def digest_of(sources: Iterable[tuple[str, str]]) -> str:
    """Return what names a set of YARA sources (path and text), in hexadecimal: another set has another name."""
    told = hashlib.sha256()
    for source in sources:
        for text in source:
            data = text.encode("utf-8", "surrogatepass")
            told.update(len(data).to_bytes(8, "big") + data)
    return told.hexdigest()
