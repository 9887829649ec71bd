"""Content as The Update Framework has it: whoever acts on it verifies by itself, with the same few lines.

The repository is `metadata/{root,N.root,timestamp,N.snapshot,N.targets}.json` and `targets/HASH.NAME`; the collector
is a courier and holds no key. The trust folder keeps what was verified last, so nothing older is ever taken again:

    TRUST/{root.json,root_history/,timestamp.json,snapshot.json,targets.json}   as tuf.ngclient keeps them
    TRUST/VERSION.rules.json.zst                                                the bundle in force
    TRUST/VERSION.indicators                                                    and its indicators, decompressed
    TRUST/accepted.json                                                         {"version", "sha256"}: written last

Dictionaries are targets of their own too (`beside`): an agent needs that of its system alone.
Indicators are a target of their own, since they may be a million: who asks for them gets them, and accepted.json then
has their digest under "indicators", null if the content has none.

One process at a time may use a trust folder. Importing this takes 150 ms: only those who fetch content do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backports.zstd import ZstdDecompressor, ZstdError
from tuf.api import exceptions
from tuf.api.metadata import Metadata, Targets  # type: ignore[attr-defined]  # re-exported without saying so
from tuf.api.serialization import DeserializationError
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from tramgac_wire import whole
from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_BUNDLE, MAX_INDICATORS, MAX_METADATA, MAX_ROOT, MAX_TARGET

TARGET: Final = "rules.json.zst"
INDICATORS: Final = "indicators.zst"
SYSTEMS: Final = ("linux", "windows")
"""Systems of agents, for each of which the content may have a dictionary."""
_CHUNK: Final = 1 << 20
_ACCEPTED: Final = "accepted.json"
_NOT_FOUND: Final = 404
_CONFIG: Final = UpdaterConfig(
    root_max_length=MAX_ROOT, snapshot_max_length=MAX_METADATA, targets_max_length=MAX_METADATA
)
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.UnsignedMetadataError, "unsigned"),
    (exceptions.LengthOrHashMismatchError, "tampered"),
    (exceptions.BadVersionNumberError, "older"),
    (exceptions.ExpiredMetadataError, "expired"),
    (exceptions.DownloadLengthMismatchError, "too_large"),
    (exceptions.DownloadHTTPError, "missing"),
    (exceptions.DownloadError, "unreachable"),
    (exceptions.RepositoryError, "malformed"),
    (DeserializationError, "malformed"),
)


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle whose signatures hold."""

    version: int
    """The number of targets.json, which is the bundle's."""
    bundle: bytes
    """The bundle's JSON, decompressed."""
    indicators: Path | None = None
    """Its indicators' file, decompressed; None if it has none or they were not asked for."""


class _Fetcher(FetcherInterface):
    """Gives tuf the files that a callable returns."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        self._call = fetch

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            return iter((self._call(url),))
        except KeyError as error:
            msg = f"the repository has no {url}"
            raise exceptions.DownloadHTTPError(msg, _NOT_FOUND) from error


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """Turn tuf's errors into ContentError."""
    try:
        yield
    except tuple(kind for kind, _ in _REASONS) as error:
        reason = next(word for kind, word in _REASONS if isinstance(error, kind))
        detail = f"{error}; the content in force stays. Sign the repository with its author's key and push it again"
        raise ContentError(reason, detail) from error


def update(root: bytes, trust_dir: Path, fetch: Callable[[str], bytes], *, indicators: bool = False) -> Verified:
    """Verify the newest content and return it.

    Args:
        root: the root.json to begin with, from enrolment; if empty, the trust folder's own.
        trust_dir: a private folder; holds verified metadata and the bundle in force between calls.
        fetch: returns a repository file by its name ("metadata/timestamp.json", "targets/HASH.rules.json.zst"),
            KeyError if there is none; what else it raises becomes "unreachable".
        indicators: whether they are wanted too.

    Raises:
        ContentError: unsigned, tampered, older, expired, missing, too_large, malformed or unreachable; what was
            verified before stays in force (see `current`).
        OSError: the trust folder cannot be written.
    """
    trust_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not root and not (trust_dir / "root.json").exists():
        detail = "there is no root.json to begin with; enrol again, or give the content's root"
        raise ContentError("missing", detail)
    with _refusing():
        updater = Updater(
            str(trust_dir),
            "metadata/",
            str(trust_dir),
            "targets/",
            fetcher=_Fetcher(fetch),
            config=_CONFIG,
            bootstrap=root or None,
        )
        updater.refresh()
        version = int(Metadata.from_file(str(trust_dir / "targets.json")).signed.version)
        before = current(trust_dir)
        _check_not_older(version, before)
        if before is not None and version == before.version:
            kept = current(trust_dir, indicators=True) if indicators else before
            if kept is not None:
                return kept
        packed = _download(updater, TARGET, trust_dir)
        if packed is None:
            detail = f"the signed content has no {TARGET}"
            raise ContentError("missing", detail)
        listed = _download(updater, INDICATORS, trust_dir) if indicators else None
    return _accept(trust_dir, version, packed, listed, asked=indicators)


def beside(trust_dir: Path, name: str, fetch: Callable[[str], bytes]) -> bytes | None:
    """Return another target of the content in force, verified; None if that has none of this name.

    To be called after `update`, whose trust folder says what was signed. `fetch`: as there.

    Raises:
        ContentError: missing, tampered, too_large.
    """
    with _refusing():
        targets = Metadata[Targets].from_file(str(trust_dir / "targets.json")).signed.targets
        if name not in targets:
            return None
        target = targets[name]
        if target.length > MAX_TARGET:
            detail = f"{name} has {target.length} bytes; the limit is {MAX_TARGET}"
            raise ContentError("too_large", detail)
        try:
            data = fetch(f"targets/{target.hashes['sha256']}.{name}")
        except KeyError as error:
            detail = f"the repository lacks its {name}; push the whole folder that was signed"
            raise ContentError("missing", detail) from error
        target.verify_length_and_hashes(data)
    return data


def dictionary_name(system: str) -> str:
    """Return the name of the target that is the dictionary for agents of a system: linux, windows."""
    return f"{system}.dictionary"


def _check_not_older(version: int, before: Verified | None) -> None:
    """Refuse what is older than what is in force: metadata that was lost here must not lead back."""
    if before is not None and version < before.version:
        detail = f"version {version} is offered, {before.version} is in force and stays; sign a newer one"
        raise ContentError("older", detail)


def _download(updater: Updater, name: str, trust_dir: Path) -> bytes | None:
    """Return a target as it is, None if the content has none of this name."""
    target = updater.get_targetinfo(name)
    if target is None:
        return None
    if target.length > MAX_TARGET:
        detail = f"{name} has {target.length} bytes; the limit is {MAX_TARGET}"
        raise ContentError("too_large", detail)
    incoming = trust_dir / "incoming"
    try:
        updater.download_target(target, str(incoming))
        return incoming.read_bytes()
    except exceptions.DownloadLengthMismatchError as error:  # its length is signed, so this is another file
        detail = f"{name} is longer than the {target.length} bytes that were signed; the content in force stays"
        raise ContentError("tampered", detail) from error
    finally:
        incoming.unlink(missing_ok=True)


def _accept(trust_dir: Path, version: int, packed: bytes, listed: bytes | None, *, asked: bool) -> Verified:
    """Keep a verified bundle: the files first, then the line that puts it in force, then the old ones go."""
    bundle, name = _decompress(packed), f"{version}.{TARGET}"
    accepted: dict[str, int | str | None] = {"version": version, "sha256": hashlib.sha256(packed).hexdigest()}
    path = None if listed is None else trust_dir / f"{version}.indicators"
    if path is not None and listed is not None:
        _unpack(listed, path)
        accepted["indicators"] = _digest(path)
    elif asked:
        accepted["indicators"] = None
    whole.write(trust_dir / name, packed)
    whole.write(trust_dir / _ACCEPTED, json.dumps(accepted).encode())
    kept = {name, "" if path is None else path.name}
    for old in (*trust_dir.glob(f"*.{TARGET}"), *trust_dir.glob("*.indicators")):
        if old.name not in kept:
            old.unlink()
    return Verified(version, bundle, path)


def _unpack(packed: bytes, path: Path) -> None:
    """Decompress indicators into a file, a piece at a time."""
    decompressor, size, part = ZstdDecompressor(), 0, path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            piece = decompressor.decompress(packed, max_length=_CHUNK)
            while piece:
                size += len(piece)
                if size > MAX_INDICATORS:
                    detail = f"the indicators have more than {MAX_INDICATORS} bytes when decompressed"
                    raise ContentError("too_large", detail)
                file.write(piece)
                piece = b"" if decompressor.eof else decompressor.decompress(b"", max_length=_CHUNK)
            file.flush()
            os.fsync(file.fileno())
        if not decompressor.eof:
            detail = "the indicators end before their end"
            raise ContentError("malformed", detail)
        part.replace(path)
    except ZstdError as error:
        detail = f"the indicators are no zstd data: {error}"
        raise ContentError("malformed", detail) from error
    finally:
        part.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _decompress(packed: bytes) -> bytes:
    decompressor = ZstdDecompressor()
    try:
        bundle = decompressor.decompress(packed, max_length=MAX_BUNDLE + 1)
    except ZstdError as error:
        detail = f"the bundle is no zstd data: {error}"
        raise ContentError("malformed", detail) from error
    if len(bundle) > MAX_BUNDLE:
        detail = f"the bundle has more than {MAX_BUNDLE} bytes when decompressed"
        raise ContentError("too_large", detail)
    if not decompressor.eof:
        detail = "the bundle ends before its end"
        raise ContentError("malformed", detail)
    return bundle


def current(trust_dir: Path, *, indicators: bool = False) -> Verified | None:
    """Return the bundle in force without asking anyone.

    None if there is none, if a file was damaged on the disk, or if indicators are wanted and never were before.
    """
    try:
        accepted = json.loads((trust_dir / _ACCEPTED).read_bytes())
        version, digest = int(accepted["version"]), str(accepted["sha256"])
        packed = (trust_dir / f"{version}.{TARGET}").read_bytes()
        path = trust_dir / f"{version}.indicators" if indicators and accepted["indicators"] is not None else None
        if hashlib.sha256(packed).hexdigest() != digest or (path and _digest(path) != accepted["indicators"]):
            return None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return Verified(version, _decompress(packed), path)
