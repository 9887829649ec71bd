"""The author's signature over content: a repository of The Update Framework, made offline.

    REPOSITORY/metadata/{root,N.root,timestamp,N.snapshot,N.targets}.json
    REPOSITORY/targets/SHA256.{rules,about,sources}.json.zst, SHA256.indicators.zst, SHA256.{linux,windows}.dictionary
    KEYS/author.pem       Ed25519, PKCS #8, not encrypted, mode 0600: signs all four roles

Files are written so that a reader sees either the old content or the new: targets first, timestamp.json last. Targets
that neither version names are removed.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # re-exported without saying so
from tuf.api.metadata import (  # type: ignore[attr-defined]  # re-exported without saying so
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from tramgac_rules.authoring.repository import read
from tramgac_rules.authoring.words import Say
from tramgac_rules.errors import SigningError

YEAR = timedelta(days=365)
ROOT_YEARS = 10
KEY = "author.pem"
RULES, ABOUT, SOURCES, INDICATORS = "rules.json.zst", "about.json.zst", "sources.json.zst", "indicators.zst"
DICTIONARY = ".dictionary"
"""How the names of dictionaries end, after that of the system."""
_Content = TypeVar("_Content", Root, Timestamp, Snapshot, Targets)
_ROLES = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


def next_version(repository: Path) -> int:
    """Return the version that the next `sign` will give: one more than the repository's, 1 if there is none.

    Raises SigningError if what is there cannot be read.
    """
    metadata = repository / "metadata"
    if not (metadata / "timestamp.json").exists():
        return 1
    return read(metadata / "timestamp.json", Timestamp).signed.snapshot_meta.version + 1


def sign(
    repository: Path,
    keys: Path,
    bundle: bytes,
    about: bytes,
    sources: bytes,
    *,
    indicators: bytes | None = None,
    dictionaries: Mapping[str, bytes] | None = None,
    valid: timedelta = YEAR,
) -> int:
    """Add a bundle to the repository and sign it; return its version.

    `bundle`, `about`, `sources`: as `build_bundle` makes them. `indicators`: a set of them, compressed; None for those
    that the repository has, empty for none. `dictionaries`: what agents of a system compress batches with, by target
    (linux.dictionary); None for those that the repository has. Makes `keys/author.pem` and the repository on first use.
    Raises SigningError, OSError.
    """
    version = next_version(repository)
    _check_version(bundle, version)
    metadata, folder = repository / "metadata", repository / "targets"
    metadata.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    signer = _signer(keys, may_create=version == 1)  # after the folders: a key that is made is used and told of
    now = datetime.now(UTC).replace(microsecond=0)
    _root(metadata, signer, now)
    before = _targets(metadata, version - 1)
    targets = Targets(version=version, expires=now + valid)
    kept = before.get(INDICATORS)
    if indicators is None and kept is not None:
        indicators = _of(folder, kept)
    if dictionaries is None:
        dictionaries = {name: _of(folder, before[name]) for name in before if name.endswith(DICTIONARY)}
    told = {RULES: bundle, ABOUT: about, SOURCES: sources, INDICATORS: indicators, **dictionaries}
    for name, data in told.items():
        if data:
            targets.targets[name] = TargetFile.from_data(name, data, ["sha256"])
            _write(_file(folder, targets.targets[name]), data)
    signed = _signed(targets, signer)
    _write(metadata / f"{version}.targets.json", signed)
    snapshot = Snapshot(version=version, expires=now + valid, meta={"targets.json": _meta(version, signed)})
    signed = _signed(snapshot, signer)
    _write(metadata / f"{version}.snapshot.json", signed)
    timestamp = Timestamp(version=version, expires=now + valid, snapshot_meta=_meta(version, signed))
    _write(metadata / "timestamp.json", _signed(timestamp, signer))
    named = {_file(folder, target) for target in (*before.values(), *targets.targets.values())}
    for path in folder.iterdir():
        if path not in named:
            path.unlink()
    return version


def has_indicators(repository: Path) -> bool:
    """Tell whether the newest version has indicators. Raises SigningError."""
    return INDICATORS in _targets(repository / "metadata", next_version(repository) - 1)


def _targets(metadata: Path, version: int) -> dict[str, TargetFile]:
    """Return the targets of a version, none for the one before the first."""
    return read(metadata / f"{version}.targets.json", Targets).signed.targets if version else {}


def _file(folder: Path, target: TargetFile) -> Path:
    return folder / f"{target.hashes['sha256']}.{target.path}"


def _of(folder: Path, target: TargetFile) -> bytes:
    """Return a target of the version before, which stays in force."""
    path = _file(folder, target)
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != target.hashes["sha256"]:
        raise SigningError(Say.TARGET_LOST.of(path=path))
    return data


def _check_version(bundle: bytes, version: int) -> None:
    """Refuse a bundle that was built for another number than it is about to get."""
    try:
        told = json.loads(zstd.decompress(bundle)).get("version")
    except (ValueError, zstd.ZstdError, AttributeError) as error:
        raise SigningError(Say.NO_BUNDLE.of(why=error)) from error
    if told != version:
        raise SigningError(Say.OTHER_VERSION.of(told=told, version=version))


def _signer(keys: Path, *, may_create: bool) -> CryptoSigner:
    """Return the author's key; it is made only for a repository that does not exist yet."""
    path = keys / KEY
    if not path.exists():
        if not may_create:
            raise SigningError(Say.KEY_MISSING.of(path=path))
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = CryptoSigner.generate_ed25519()
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123 - mode at birth
            file.write(made.private_bytes)
            file.flush()
            os.fsync(file.fileno())
        return made
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except TypeError as error:  # what cryptography raises where a passphrase is wanted
        raise SigningError(Say.KEY_LOCKED.of(path=path)) from error
    except ValueError as error:
        raise SigningError(Say.NO_KEY.of(path=path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(Say.ODD_KEY.of(path=path))
    return CryptoSigner(key)


def _root(metadata: Path, signer: CryptoSigner, now: datetime) -> None:
    """Write the root of trust if there is none; otherwise see that the key is the one it names."""
    path = metadata / "root.json"
    if path.exists():
        named = read(path, Root).signed.roles[Targets.type].keyids
        if signer.public_key.keyid not in named:
            raise SigningError(Say.OTHER_KEY.of(path=path))
        return
    root = Root(version=1, expires=now + ROOT_YEARS * YEAR, consistent_snapshot=True)
    for role in _ROLES:
        root.add_key(signer.public_key, role)
    signed = _signed(root, signer)
    _write(metadata / "1.root.json", signed)
    _write(path, signed)


def _signed(content: _Content, signer: CryptoSigner) -> bytes:
    metadata = Metadata(content)
    metadata.sign(signer)
    return metadata.to_bytes(JSONSerializer(compact=True))


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile.from_data(version, data, ["sha256"])


def _write(path: Path, data: bytes) -> None:
    """Put a file in place whole, and on the disk."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
