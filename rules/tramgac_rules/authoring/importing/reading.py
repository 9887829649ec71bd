"""Sources of rules: a folder, a zip, a tar with or without gzip. Only texts of rules and licences are read of them.

Whoever made an archive may have meant ill. Nothing is unpacked: what is wanted is read into memory, bounded in bytes,
files and names; a name that leads out of the archive refuses all of it; links are never followed.
"""

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Protocol, cast

from tramgac_rules.authoring.importing.words import Taken
from tramgac_rules.errors import ImportRefused

MAX_ARCHIVE = 256 << 20
"""Bytes of an archive as it lies there."""
MAX_UNPACKED = 512 << 20
"""Bytes of a compressed tar unpacked: all of it has to be read."""
MAX_MEMBERS = 100_000
"""Files and folders of a source."""
MAX_FILE = 2_000_000
"""Bytes of one file that is wanted."""
MAX_TAKEN = 128 << 20
"""Bytes of all that is wanted."""
_MAX_NAME, _MAX_PART, _MAX_PARTS = 1_000, 255, 30
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)

Wanted = Callable[[str], bool]
"""Tells by a file's name whether it is wanted."""


@dataclass(slots=True)
class Found:
    """What was wanted of a source: texts by name (with /). `left`: wanted files that were not read, and why.

    `note`: what the maker of an archive wrote beside it, which may be a commit.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    _bytes: int = 0

    def take(self, name: str, file: IO[bytes]) -> None:
        """Read a file, if there is room for it."""
        if name in self.files:
            self.left.append((name, Taken.TWICE.of()))
            return
        data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            self.left.append((name, Taken.LARGE_FILE.of(most=MAX_FILE)))
            return
        self._bytes += len(data)
        if self._bytes > MAX_TAKEN:
            raise ImportRefused(Taken.MUCH.of(most=MAX_TAKEN))
        self.files[name] = data


def read_source(path: Path, wanted: Wanted) -> Found:
    """Read what is wanted of a folder or an archive.

    Raises ImportRefused: damaged, hostile or too large; OSError: it cannot be opened.
    """
    if path.is_dir():
        return _folder(path, wanted)
    if path.stat().st_size > MAX_ARCHIVE:
        raise ImportRefused(Taken.LARGE_ARCHIVE.of(path=path, most=MAX_ARCHIVE))
    with path.open("rb") as file, _damage(path):
        magic = file.read(4)
        file.seek(0)
        if magic[:2] == b"PK":
            return _zip(file, wanted)
        if magic[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _tar(_Bounded(unpacked), wanted)
        return _tar(_Bounded(file), wanted)


def safe(name: str) -> str:
    """Return a member's name without what means nothing. Raises ImportRefused if it could lead anywhere else."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    odd = not name.isprintable() or "\\" in name or name.startswith("/") or ".." in parts or ":" in name
    if odd or len(name) > _MAX_NAME or len(parts) > _MAX_PARTS or any(len(part) > _MAX_PART for part in parts):
        raise ImportRefused(Taken.HOSTILE_NAME.of(name=name[:100]))
    return "/".join(parts)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, gzip.BadGzipFile) as error:
        raise ImportRefused(Taken.NO_ARCHIVE.of(path=path, why=error)) from error


def _folder(path: Path, wanted: Wanted) -> Found:
    found, seen = Found(), 0
    for folder, folders, names in os.walk(path, onerror=_fail):
        folders.sort()
        for name in sorted(names):
            seen += 1
            if seen > MAX_MEMBERS:
                raise ImportRefused(Taken.MANY_FILES_BELOW.of(path=path, most=MAX_MEMBERS))
            file = Path(folder, name)
            inside = file.relative_to(path).as_posix()
            if not wanted(inside):
                continue
            if not inside.isprintable():
                found.left.append((ascii(inside), Taken.ODD_NAME.of()))
            elif stat.S_ISREG(file.lstat().st_mode):
                with file.open("rb") as opened:
                    found.take(inside, opened)
            else:
                found.left.append((inside, Taken.LINK.of()))
    return found


def _fail(error: OSError) -> None:
    """An unreadable folder is an error, not an empty one."""
    raise error


def _zip(file: IO[bytes], wanted: Wanted) -> Found:
    found = Found()
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        found.note = archive.comment.decode("ascii", "replace")
        if len(members) > MAX_MEMBERS:
            raise ImportRefused(Taken.MANY_FILES.of(most=MAX_MEMBERS))
        named = [(safe(member.filename), member) for member in members]  # all of them, before anything is taken
        for name, member in named:
            if member.is_dir() or not wanted(name):
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                found.left.append((name, Taken.LINK.of()))
                continue
            with archive.open(member) as opened:
                found.take(name, opened)
    return found


def _tar(file: "_Bounded", wanted: Wanted) -> Found:
    found, seen = Found(), 0
    with tarfile.open(fileobj=cast("IO[bytes]", file), mode="r|") as archive:
        for member in archive:
            seen += 1
            if seen > MAX_MEMBERS:
                raise ImportRefused(Taken.MANY_FILES.of(most=MAX_MEMBERS))
            name = safe(member.name)
            archive.members.clear()  # type: ignore[attr-defined]  # or it keeps all of them
            if member.isdir() or not wanted(name):
                continue
            opened = archive.extractfile(member) if member.isreg() else None
            if opened is None:
                found.left.append((name, Taken.LINK.of()))
            else:
                found.take(name, opened)
        found.note = archive.pax_headers.get("comment", "")
    return found


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Bounded:
    """A file that ends with ImportRefused after MAX_UNPACKED bytes."""

    def __init__(self, file: _Readable) -> None:
        self._file, self._left = file, MAX_UNPACKED

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ImportRefused(Taken.UNPACKS_TO.of(most=MAX_UNPACKED))
        return data


def top(names: list[str]) -> str:
    """Return the one folder that everything lies in, with its /; empty if there is none, or it is one of rules."""
    first = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    if len(first) != 1 or not all("/" in name for name in names):
        return ""
    [folder] = first
    return "" if folder.startswith("rules") else f"{folder}/"
