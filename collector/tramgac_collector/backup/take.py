"""Taking a backup, of a collector that runs or stands.

The order makes that nothing is missing: what consumers say of their places; the log held fast; the control database;
the event store; samples and content; last the log's head. So each store has at most what the log has, and what it
lacks the log still holds: the restored collector reads it there.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from tramgac_wire import whole

from tramgac_collector import audit, config, database, initialise, ready
from tramgac_collector.backup import control, events, incarnation, manifest, sealing
from tramgac_collector.backup.copying import Copy, Source, sync_file_system
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import SEALED, Manifest, Part
from tramgac_collector.backup.pinning import Pinned, pinned
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.paths import StatePaths

_LEFT = frozenset({"run", "logs", "agent", "demo", "arena", "lost+found", "events", "log"})
"""Folders that are not copied as they lie: they are nothing after a restart, not the collector's, or a store."""
_SMALL = 1 << 20
"""A larger file is no secret, bytes."""


def secrets(paths: StatePaths) -> list[Path]:
    """Name the files that nobody else may read: keys, and settings with what people put beside them (passwords)."""
    beside = [file for file in sorted(paths.root.iterdir()) if _plain_file(file) and not _of_database(paths, file)]
    named = [paths.ca_key, paths.server_key, paths.samples / "key"]
    author = sorted((paths.root / "author").rglob("*"))
    kept = [file for file in [*beside, *named, *author] if _plain_file(file) and file.stat().st_size <= _SMALL]
    return [file for file in kept if file != paths.last_backup]


def _plain_file(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _of_database(paths: StatePaths, file: Path) -> bool:
    return file.name.startswith(paths.control_database.name)


def take(
    paths: StatePaths,
    target: Path,
    recipient: X25519PublicKey | None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    *,
    base: Path | None = None,
    by: str = "",
) -> Manifest:
    """Take a backup of the collector at `paths` and put it at `target`, whole or not at all.

    Args:
        paths: the state directory.
        target: the folder to be made; until all is there it has `.part` at the end of its name.
        recipient: whom the keys are encrypted to; None leaves them plain.
        progress: told bytes that are done, and of how many.
        base: an earlier backup; what has not changed since is linked to it where both are on one disk.
        by: who asked for it, for the audit trail.

    Raises:
        BackupError: it was not taken; what was copied is kept for the next try.
        CollectorError: there is no collector.
        OSError: something cannot be read or written.
    """
    initialise.require(paths)
    url = config.load(paths).url(paths)
    _require_place(paths, target)
    ran, taken, total = ready.held(paths), time.time_ns(), [0]
    copy = Copy(target.with_name(target.name + ".part"), target, lambda done: progress(done, total[0]))
    copy.begin()
    if base is not None:
        earlier = manifest.read(base)
        if earlier.incarnation == incarnation.name(paths):  # names of parts are given once in an incarnation
            copy.build_on(base, earlier.parts)
    with pinned(paths) as log, _settled(copy):
        parts, revision = _gather(paths, url, copy, log, total)
        parts += _keys(paths, copy, recipient)
        if ready.held(paths) and not ran:
            raise BackupError(BackupWord.STARTED_MEANWHILE.both())
        made = Manifest(
            taken,
            version("tramgac"),
            incarnation.name(paths),
            paths.log_id.read_text().strip(),
            log.head,
            control.kind(url),
            revision,
            "" if recipient is None else sealing.mark(recipient),
            tuple(sorted(parts, key=lambda part: part.path)),
        )
    copy.settle()
    copy.finish(parts)
    with copy.full():
        manifest.write(copy.folder, made, paths)
        sync_file_system(copy.folder)  # what it holds, and the folders' names
    copy.folder.rename(target)
    whole.sync_folder(target.parent)
    _note(paths, url, target, made, by)
    return made


def _gather(paths: StatePaths, url: str, copy: Copy, log: Pinned, total: list[int]) -> tuple[list[Part], str]:
    """Copy all but the keys, in the order that the module's first lines give."""
    parts, revision = control.take(url, paths, copy)
    with events.frozen(paths) as folder:
        stores, plain = events.sources(paths, folder), list(_plain(paths))
        log.look()
        stores += log.sources()
        total[0] = copy.done + sum(source.size for source in [*stores, *plain])
        copy.require_room([*stores, *plain])
        parts += [copy.add(source) for source in stores]
        parts += _copied(copy, plain)
        parts += [copy.link(path, to) for path, to in _links(paths)]
        parts += events.links(paths, copy)
        parts += _log_files(paths, log, copy)
    return parts, revision


@contextlib.contextmanager
def _settled(copy: Copy) -> Iterator[None]:
    """Whatever ends the block, what was copied is kept for the next try."""
    try:
        yield
    finally:
        with contextlib.suppress(BackupError, OSError):  # what is wrong with the disk is said where it is met next
            copy.settle()


def _require_place(paths: StatePaths, target: Path) -> None:
    if target.exists():
        raise BackupError(BackupWord.TARGET_THERE.both(target=target))
    if paths.root.resolve() in target.resolve().parents:
        raise BackupError(BackupWord.TARGET_INSIDE.both(target=target, root=paths.root))


def _copied(copy: Copy, found: list[Source]) -> Iterator[Part]:
    for source in found:
        with contextlib.suppress(FileNotFoundError):  # a sample or an older bundle that was removed meanwhile
            yield copy.add(source)


def _plain(paths: StatePaths) -> Iterator[Source]:
    """Give what is copied as it lies: samples (encrypted), content, certificates, and what may stand beside them."""
    secret = {*secrets(paths), paths.last_backup}
    for file in _found(paths):
        if _plain_file(file) and file not in secret and not file.name.endswith(".part"):
            yield Source(str(file.relative_to(paths.root)), file, file.stat().st_size)


def _links(paths: StatePaths) -> Iterator[tuple[str, str]]:
    """Give symbolic links that stay in their folder, as a content repository has them, and where they lead."""
    for link in _found(paths):
        if link.is_symlink() and link.resolve().is_relative_to(link.parent.resolve()):
            yield str(link.relative_to(paths.root)), str(link.readlink())


def _found(paths: StatePaths) -> Iterator[Path]:
    for entry in sorted(paths.root.iterdir()):
        if entry.name not in _LEFT and entry.name[0] != "." and not _of_database(paths, entry):
            yield from sorted(entry.rglob("*")) if entry.is_dir() else [entry]


def _log_files(paths: StatePaths, log: Pinned, copy: Copy) -> Iterator[Part]:
    """Give what stands beside the segments: its name, its head, cursors, what was set aside, holes."""
    below = paths.log.relative_to(paths.root)
    yield copy.put(str(paths.log_id.relative_to(paths.root)), paths.log_id.read_bytes())
    yield copy.put(str(paths.log_head.relative_to(paths.root)), log.head.to_bytes(8, "little"))
    for name, content in log.cursors.items():
        yield copy.put(str(below / name), content)
    for folder in (paths.poison, paths.holes):
        for file in sorted(folder.iterdir()):
            yield copy.add(Source(str(file.relative_to(paths.root)), file, file.stat().st_size))


def _keys(paths: StatePaths, copy: Copy, recipient: X25519PublicKey | None) -> Iterator[Part]:
    kept = {str(file.relative_to(paths.root)): file.read_bytes() for file in secrets(paths)}
    if recipient is None:
        yield from (copy.put(name, content) for name, content in kept.items())
        return
    told = {name: base64.b64encode(content).decode() for name, content in kept.items()}
    yield copy.put(SEALED, sealing.seal(json.dumps(told).encode(), recipient))


def _note(paths: StatePaths, url: str, target: Path, made: Manifest, by: str) -> None:
    """Write down that it was taken: in the audit trail, and for whoever asks how old the newest is."""
    engine = database.open_database(url)
    try:
        with database.session(engine) as s:
            detail = {"parts": len(made.parts), "bytes": made.size, "head": made.head, "recipient": made.recipient}
            audit.write(s, by or "tramgac", "collector.backup", str(target), detail, time.time_ns())
    finally:
        engine.dispose()
    told = {"taken": made.taken, "finished": time.time_ns(), "path": str(target), "bytes": made.size}
    whole.write(paths.last_backup, json.dumps(told).encode())
