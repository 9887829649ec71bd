"""Where rules come from and under which licence: out of a checkout's git folder, an archive's own words, its texts."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMOTE = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE | re.DOTALL)
_LICENCE_FILE = re.compile(r"(?:LICEN[CS]E|NOTICE|COPYING)[\w.-]*", re.IGNORECASE)
_LICENCES = (
    (re.compile(r"Detection Rule License\D{0,20}(\d+\.\d+)"), "DRL-{}"),
    (re.compile(r"Apache License\W{1,40}Version (\d+\.\d+)"), "Apache-{}"),
    (re.compile(r"(MIT) License"), "{}"),
)
_MAX_TEXT = 200_000
_MAX_WORD = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of rules. Empty where nobody says it; `sha256`: of the archive."""

    name: str
    url: str = ""
    commit: str = ""
    version: str = ""
    sha256: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the form that the manifest keeps."""
        return asdict(self)


def of_folder(path: Path) -> Origin:
    """Return what a folder says of itself, if it is a checkout."""
    git = path / ".git"
    head = _read(git / "HEAD").strip()
    commit = head if _COMMIT.fullmatch(head) else _reference(git, head.removeprefix("ref: "))
    remote = _REMOTE.search(_read(git / "config"))
    return Origin(
        path.resolve().name, _public(remote[1]) if remote else "", commit, _version(_read(path / "version.txt"))
    )


def of_archive(path: Path, top: str, note: str, files: Mapping[str, bytes]) -> Origin:
    """Return what an archive says. `top`: the folder that all of it lies in, with /; `note`: what stands beside it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    said = _version(files.get(f"{top}version.txt", b"").decode(errors="replace"))
    commit = _COMMIT.fullmatch(note.strip())
    named = top.rstrip("/").partition("-")[2]
    return Origin(path.name, "", commit[0] if commit else "", said or named, digest)


def is_licence(name: str) -> bool:
    """Tell whether a file's name (without folders) is that of a licence."""
    return _LICENCE_FILE.fullmatch(name) is not None


def licence(texts: Mapping[str, bytes]) -> str:
    """Return the licence that licence files speak of, as SPDX or its own word has it; empty if it is none we know."""
    for data in texts.values():
        text = data[:_MAX_TEXT].decode(errors="replace")
        for pattern, name in _LICENCES:
            if found := pattern.search(text):
                return name.format(found[1])
    return ""


def _reference(git: Path, name: str) -> str:
    """Return the commit that a reference names; empty if it cannot be told."""
    if not name.startswith("refs/") or ".." in name:
        return ""
    own = _read(git / name).strip()
    packed = re.search(rf"^({_COMMIT.pattern}) {re.escape(name)}$", _read(git / "packed-refs"), re.MULTILINE)
    return own if _COMMIT.fullmatch(own) else packed[1] if packed else ""


def _public(url: str) -> str:
    """Return an address without the name and secret that may stand in it."""
    parts = urlsplit(url)
    return (
        urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.scheme else url.rpartition("@")[2]
    )


def _version(text: str) -> str:
    first = text.strip().partition("\n")[0].strip()
    return first if first.isprintable() and len(first) <= _MAX_WORD else ""


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_TEXT).decode(errors="replace")
    except OSError:  # there is none, or it is no file
        return ""
