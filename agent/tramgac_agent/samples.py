"""Samples: the sensor process opens the very file that it hashed, or says why not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file as it was when it was hashed: the path by which to open it and what must still be true then."""

    path: str
    device: int
    inode: int
    size: int
    mtime_ns: int
