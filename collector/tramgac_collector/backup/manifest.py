"""The list of a backup's parts, each with its digest, signed by the collector."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_wire import whole

from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.paths import StatePaths

FORMAT: Final = 1
NAME: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SEALED: Final = "keys.sealed"
JOURNAL: Final = "parts.jsonl"
"""What was copied already, a line a part, while the backup is being taken."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup; its path is where it goes in a state directory."""

    path: str
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal; of a symbolic link: of its target's text."""
    link: str = ""
    """Where a symbolic link leads; empty: it is a file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of, and what it is made of."""

    taken: int
    """When it was begun, nanoseconds since 1970 UTC."""
    version: str
    """The program's."""
    incarnation: str
    log: str
    """The ingest log's name."""
    head: int
    """Positions of the ingest log below are in it."""
    database: str
    """sqlite or postgresql."""
    revision: str
    """Of the control database's tables, as Alembic names it."""
    recipient: str
    """Mark of whom the keys are encrypted to; empty: they are plain."""
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)

    def encode(self) -> bytes:
        """Encode it, the same each time."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True).encode()


def write(folder: Path, manifest: Manifest, paths: StatePaths) -> None:
    """Write the list and its signature by the collector's own key, which agents know by its certificate."""
    data = manifest.encode()
    key = serialization.load_pem_private_key(paths.server_key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # initialise makes no other
    whole.write(folder / SIGNATURE, key.sign(data, ec.ECDSA(hashes.SHA256())))
    whole.write(folder / NAME, data)


def read(folder: Path) -> Manifest:
    """Read the list of a backup.

    Raises:
        BackupError: it is none, is not signed by the collector whose certificate is in it, or is a newer version's.
        OSError: it cannot be read.
    """
    try:
        data = (folder / NAME).read_bytes()
        signature = (folder / SIGNATURE).read_bytes()
        told = json.loads(data)
        _require_known(folder, told.pop("format"), told)
        found = Manifest(**told | {"parts": tuple(Part(**part) for part in told["parts"])})
    except FileNotFoundError as error:
        if (folder / JOURNAL).exists():
            raise BackupError(BackupWord.UNFINISHED.both(place=folder)) from None
        raise BackupError(BackupWord.NOT_A_BACKUP.both(place=folder, why=error)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(BackupWord.NOT_A_BACKUP.both(place=folder, why=error)) from None
    _require_signed(folder, data, signature)
    _require_inside(folder, {part.path: part.link for part in found.parts})
    return found


def _require_known(folder: Path, number: int, told: Mapping[str, object]) -> None:
    if number != FORMAT:
        why = BackupWord.NEWER.both(version=told.get("version", "?"))
        raise BackupError(BackupWord.NOT_A_BACKUP.both(place=folder, why=why))


def _require_signed(folder: Path, data: bytes, signature: bytes) -> None:
    paths = StatePaths(folder)
    try:
        leaf = x509.load_pem_x509_certificate(paths.server_certificate.read_bytes())
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(paths.ca_certificate.read_bytes()))
        key = leaf.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except (OSError, ValueError, TypeError, AssertionError, InvalidSignature):
        why = BackupWord.BAD_SIGNATURE.both()
        raise BackupError(BackupWord.NOT_A_BACKUP.both(place=folder, why=why)) from None


def _require_inside(folder: Path, links: Mapping[str, str]) -> None:
    """See that no part leads out of the folder, whoever signed it."""
    for path, link in links.items():
        ends = posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) if link else path
        for place in (path, ends):
            if not place or place[0] == "/" or ".." in place.split("/"):
                raise BackupError(BackupWord.NOT_A_BACKUP.both(place=folder, why=f"{path} {link}"))
