"""The event store in a backup: parts never change, so a freeze (hard links, made by the engine) is a copy at once.

Its folder is taken as it lies: the tables' definitions, and below `store` the parts. Whoever finds them there starts.
A table that others are filled from is frozen first, so that what is made of it is not behind.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from tramgac_collector import ready
from tramgac_collector.backup.copying import Copy, Source
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import Part
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import EngineAway
from tramgac_collector.events.schema import TABLE
from tramgac_collector.paths import StatePaths

_TABLES = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    " ORDER BY name != {first:String}, name"
)
_PASSING = ("shadow", "tmp", "delete_tmp_", "flags", "status", "detached")
"""What folders are called that hold nothing of the store's own, or begin with."""


@contextmanager
def frozen(paths: StatePaths) -> Iterator[Path]:
    """Give a folder that holds `store` as it is now, for the block: the engine's shadow, or its folder where none runs.

    Raises:
        BackupError: the engine should run and does not answer.
    """
    if not ready.held(paths):
        yield paths.events
        return
    name = f"backup{secrets.token_hex(8)}"
    shadow = paths.events / "shadow"
    try:
        client = connect(paths)
        for (table,) in client.query(_TABLES, parameters={"first": TABLE}).result_rows:
            quoted = "`" + str(table).replace("\\", "\\\\").replace("`", "\\`") + "`"
            client.command(f"ALTER TABLE {quoted} FREEZE WITH NAME '{name}'")
    except (EngineAway, ClickHouseError) as error:
        shutil.rmtree(shadow / name, ignore_errors=True)
        why = str(error).splitlines()[0]
        raise BackupError(BackupWord.ENGINE_AWAY.both(why=why)) from None
    try:
        (shadow / name).mkdir(parents=True, exist_ok=True)  # no table holds anything yet
        yield shadow / name
    finally:
        shutil.rmtree(shadow / name, ignore_errors=True)


def sources(paths: StatePaths, folder: Path) -> list[Source]:
    """Give the files of the parts that were frozen, and of the tables' definitions."""
    found = {source.path: source for source in _files(paths, folder / "store", folder)}
    for definitions in _databases(paths):
        found |= {source.path: source for source in _files(paths, definitions, paths.events)}
    return list(found.values())


def links(paths: StatePaths, copy: Copy) -> list[Part]:
    """Make the links by which the engine finds its databases."""
    metadata = paths.events / "metadata"
    named = sorted(metadata.iterdir()) if metadata.is_dir() else []
    made = [copy.link(_path(paths, link), str(link.readlink())) for link in named if link.is_symlink()]
    plain = [link for link in named if link.is_file() and not link.is_symlink()]
    return made + [copy.add(Source(_path(paths, file), file, file.stat().st_size)) for file in plain]


def _path(paths: StatePaths, file: Path) -> str:
    return str(file.relative_to(paths.root))


def _databases(paths: StatePaths) -> list[Path]:
    """Give the folders of the tables' definitions."""
    metadata = paths.events / "metadata"
    named = sorted(metadata.iterdir()) if metadata.is_dir() else []
    return [Path(os.path.normpath(metadata / link.readlink())) for link in named if link.is_symlink()]


def _files(paths: StatePaths, below: Path, base: Path) -> Iterator[Source]:
    for folder, names, files in os.walk(below):
        names[:] = [name for name in names if not name.startswith(_PASSING)]
        for name in files:
            file = Path(folder, name)
            path = paths.events.relative_to(paths.root) / file.relative_to(base)
            in_part = len(file.relative_to(base).parts) > 4  # noqa: PLR2004 - store/abc/UUID/PART/FILE
            yield Source(str(path), file, file.stat().st_size, fixed=in_part)
