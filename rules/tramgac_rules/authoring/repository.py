"""What lies in a signed repository: the files that the newest content needs, and until when it is good."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from securesystemslib.exceptions import StorageError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # re-exported without saying so
    Metadata,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from tramgac_rules.authoring.words import Say
from tramgac_rules.errors import SigningError

_T = TypeVar("_T", Root, Timestamp, Snapshot, Targets)


def read(path: Path, _kind: type[_T]) -> Metadata[_T]:
    """Return a file of metadata. Raises SigningError if it is missing or not as it should be."""
    try:
        return Metadata[_T].from_file(str(path))
    except (DeserializationError, RepositoryError, StorageError) as error:
        why = Say.METADATA_LOST.of() if isinstance(error, StorageError) else error
        raise SigningError(Say.ODD_METADATA.of(path=path, why=why)) from error


def valid_until(repository: Path) -> datetime:
    """Return when the first signature of the newest content ends: from then on nobody takes it. Raises SigningError."""
    timestamp, snapshot, targets = _newest(repository)
    root = read(repository / "metadata/root.json", Root)
    return min(part.signed.expires for part in (timestamp, snapshot, targets, root))


def needed(repository: Path) -> Iterator[Path]:
    """Yield the files that someone needs who takes the newest content: every root, the rest of the newest alone.

    Raises SigningError.
    """
    metadata = repository / "metadata"
    timestamp, snapshot, targets = _newest(repository)
    yield from sorted(metadata.glob("*root.json"))
    yield metadata / f"{snapshot.signed.meta['targets.json'].version}.targets.json"
    yield metadata / f"{timestamp.signed.snapshot_meta.version}.snapshot.json"
    yield metadata / "timestamp.json"
    for name, target in targets.signed.targets.items():
        yield repository / "targets" / f"{target.hashes['sha256']}.{name}"


def _newest(repository: Path) -> tuple[Metadata[Timestamp], Metadata[Snapshot], Metadata[Targets]]:
    metadata = repository / "metadata"
    timestamp = read(metadata / "timestamp.json", Timestamp)
    snapshot = read(metadata / f"{timestamp.signed.snapshot_meta.version}.snapshot.json", Snapshot)
    targets = read(metadata / f"{snapshot.signed.meta['targets.json'].version}.targets.json", Targets)
    return timestamp, snapshot, targets
