"""Restoring a backup into an empty state directory.

Everything is copied beside its place and compared with its digest first; only when all is right is it moved in, the
settings last: until they are there no collector starts on it.
"""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import delete
from tramgac_wire import whole

from tramgac_collector import audit, config, database, host_streams, initialise, readmission
from tramgac_collector.backup import control, incarnation, sealing
from tramgac_collector.backup.check import fault_of, require_none
from tramgac_collector.backup.copying import sync_file_system
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import SEALED, Manifest, Part, read
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.judging import gap_reasons
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import CounterRow, OnceRow, SessionRow

STAGE = ".restore"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    manifest: Manifest
    incarnation: str


def restore(
    folder: Path,
    paths: StatePaths,
    identity: X25519PrivateKey | None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    *,
    by: str = "",
) -> Restored:
    """Restore the backup in `folder` into the empty state directory `paths`.

    Args:
        folder: the backup.
        paths: where the collector is to be.
        identity: to decrypt the keys; None if they are plain.
        progress: told bytes that are done, and of how many.
        by: who asked for it, for the audit trail.

    Raises:
        BackupError: the directory is not empty, the backup is not whole, or its keys do not open; nothing was restored.
        CollectorError: the settings or the control database do not serve.
        OSError: something cannot be read or written.
    """
    manifest = read(folder)
    _require_empty(paths)
    keys = _keys(folder, manifest, identity)
    stage = paths.root / STAGE
    paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths.root.chmod(0o700)
    try:
        stage.mkdir(mode=0o700)
        _bring(folder, manifest, stage, progress)
        for name, content in keys.items():
            _parent(stage / name).write_bytes(content)
            (stage / name).chmod(0o600)
        _fill(StatePaths(stage), manifest)
        made = incarnation.renew(StatePaths(stage), manifest.incarnation, manifest.taken)
        _note(StatePaths(stage), folder, manifest, made, by)
        sync_file_system(stage)
        _move_in(stage, paths)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    paths.make()
    return Restored(manifest, made)


def _require_empty(paths: StatePaths) -> None:
    there = sorted(entry.name for entry in paths.root.iterdir()) if paths.root.exists() else []
    there = [name for name in there if name != "lost+found"]
    if there:
        raise BackupError(BackupWord.NOT_EMPTY.both(root=paths.root, names=", ".join(there[:_SHOWN])))


def _keys(folder: Path, manifest: Manifest, identity: X25519PrivateKey | None) -> Mapping[str, bytes]:
    """Give the keys' files by their path; none where they are parts like any other."""
    if not manifest.recipient:
        return {}
    if identity is None:
        raise BackupError(BackupWord.IDENTITY_WANTED.both(recipient=manifest.recipient))
    (sealed,) = [part for part in manifest.parts if part.path == SEALED] or [Part(SEALED, 0, "")]
    kept: list[bytes] = []
    fault = fault_of(folder, sealed, kept.append)
    require_none(folder, [] if fault is None else [fault])
    told = json.loads(sealing.unseal(b"".join(kept), identity))
    return {str(name): base64.b64decode(content) for name, content in told.items()}


def _bring(folder: Path, manifest: Manifest, stage: Path, progress: Callable[[int, int], None]) -> None:
    """Copy all parts but the sealed keys, and compare each with its digest."""
    faults: list[Both] = []
    done = 0
    for part in manifest.parts:
        if part.path == SEALED:
            continue
        place = _parent(stage / part.path)
        if part.link:
            place.symlink_to(part.link)
            fault = fault_of(folder, part)
        else:
            with place.open("wb") as out:
                fault = fault_of(folder, part, out.write)
        if fault is not None:
            faults.append(fault)
        done += part.size
        progress(done, manifest.size)
    require_none(folder, faults)


def _fill(stage: StatePaths, manifest: Manifest) -> None:
    """Fill the control database where that is a server's, which must be empty; bring it to this program's tables."""
    url = config.load(stage).url(stage)
    control.require_empty(url)
    control.fill(url, stage.root, manifest)
    shutil.rmtree(stage.root / control.FOLDER, ignore_errors=True)
    initialise.update(url)


def _move_in(stage: Path, paths: StatePaths) -> None:
    names = sorted(entry.name for entry in stage.iterdir())
    for name in sorted(names, key=lambda name: name == paths.config.name):  # the settings are the last
        (stage / name).rename(paths.root / name)
    whole.sync_folder(paths.root)


def _note(stage: StatePaths, folder: Path, manifest: Manifest, made: str, by: str) -> None:
    """Write down that it was restored: for people, and that nobody is connected or logged in."""
    engine = database.open_database(config.load(stage).url(stage))
    now = time.time_ns()
    try:
        with database.session(engine) as s:
            for table in (SessionRow, OnceRow):
                s.execute(delete(table))
            host_streams.all_ended(s, now)
            s.merge(CounterRow(name=gap_reasons.HEAD, value=manifest.head))
            readmission.note(s, manifest.taken, now)
            detail = {"taken": manifest.taken, "head": manifest.head, "from": manifest.incarnation, "incarnation": made}
            audit.write(s, by or "tramgac", "collector.restore", str(folder), detail, now)
    finally:
        engine.dispose()


def _parent(place: Path) -> Path:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place
