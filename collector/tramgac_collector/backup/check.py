"""Whether a backup is as it was made: every part, every byte."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import NAME, SIGNATURE, Manifest, Part, read
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.pairs import Both, join

_CHUNK = 1 << 20
_SHOWN = 5
"""So many bad parts are named."""


def check(folder: Path, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Manifest:
    """Read a whole backup; return its list of parts.

    Raises:
        BackupError: it is none, or parts are missing, altered or foreign; the first of them are named.
        OSError: it cannot be read.
    """
    manifest, done = read(folder), 0
    faults: list[Both] = list(_foreign(folder, manifest))
    for part in manifest.parts:
        fault = fault_of(folder, part)
        done += part.size
        progress(done, manifest.size)
        if fault is not None:
            faults.append(fault)
    require_none(folder, faults)
    return manifest


def fault_of(folder: Path, part: Part, write: Callable[[bytes], object] = lambda _: None) -> Both | None:
    """Read a part, giving its bytes to `write`; return what is wrong with it, None if nothing is."""
    place = folder / part.path
    if place.is_symlink() != bool(part.link) or (part.link and str(place.readlink()) != part.link):
        return (BackupWord.PART_ALTERED if os.path.lexists(place) else BackupWord.PART_MISSING).both(path=part.path)
    if part.link:
        return None
    if not place.is_file():
        return BackupWord.PART_MISSING.both(path=part.path)
    if (size := place.stat().st_size) != part.size:
        return BackupWord.PART_SHORT.both(path=part.path, size=size, wanted=part.size)
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
            write(data)
    return None if digest.hexdigest() == part.sha256 else BackupWord.PART_ALTERED.both(path=part.path)


def require_none(folder: Path, faults: list[Both]) -> None:
    """Raise BackupError if there are faults."""
    if not faults:
        return
    told = faults[:_SHOWN]
    if len(faults) > _SHOWN:
        told.append(BackupWord.AND_MORE.both(count=len(faults) - _SHOWN))
    raise BackupError(BackupWord.BAD_PARTS.both(place=folder, parts=join(" ", told)))


def _foreign(folder: Path, manifest: Manifest) -> Iterator[Both]:
    known = {NAME, SIGNATURE, *(part.path for part in manifest.parts)}
    for below, names, files in os.walk(folder):
        links = [name for name in names if Path(below, name).is_symlink()]
        for name in [*files, *links]:
            path = str(Path(below, name).relative_to(folder))
            if path not in known:
                yield BackupWord.PART_FOREIGN.both(path=path)
