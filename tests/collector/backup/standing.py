"""A collector's state for the backup's tests: initialised, with a log, a sample, content and something like a store."""

import hashlib
import shutil
from pathlib import Path

from tramgac_collector.initialise import initialise
from tramgac_collector.paths import StatePaths
from tramgac_collector.vault import Vault

from tests.collector.proof.logs import Host, open_log
from tests.collector.station import settings

SAMPLE = b"#!/bin/sh\necho sample\n"


def collector(root: Path, template: Path) -> tuple[StatePaths, Host]:
    """Make one that does not run; `template`: a control database with its tables, which take long to make."""
    paths, host = StatePaths(root), Host()
    root.mkdir(parents=True)
    shutil.copy(template, paths.control_database)
    initialise(paths, settings())
    log = open_log(paths, segment_bytes=400)
    for _ in range(4):
        host.send(log)
    host.sign(log)
    log.close()
    keep_sample(paths)
    repository = paths.content / "trust"
    (repository / "root_history").mkdir(parents=True)
    (repository / "root_history" / "1.root.json").write_text("{}")
    (repository / "root.json").symlink_to("root_history/1.root.json")
    pretend_store(paths)
    (paths.root / "smtp.password").write_text("secret word")
    (paths.root / "cold").mkdir(exist_ok=True)
    (paths.root / "cold" / "2026-01-01.parquet").write_bytes(b"PAR1")
    (paths.logs / "gateway.log").write_text("nothing of it is kept")
    return paths, host


def keep_sample(paths: StatePaths) -> str:
    sha256 = hashlib.sha256(SAMPLE).hexdigest()
    upload = Vault(paths.samples).begin(sha256, 1 << 20)
    upload.write(SAMPLE)
    upload.finish()
    return sha256


def pretend_store(paths: StatePaths) -> None:
    """What lies below `events` as chDB makes it: a database's link, a table's definition, a part."""
    database = paths.events / "store" / "f01" / "f0157149-06c7-4cbf-b8aa-edb08edc2bce"
    part = paths.events / "store" / "7f3" / "7f3d219a-561d-485e-9d79-70794e83d652" / "20260101_1_1_0"
    for folder in (database, part, part.parent / "detached", paths.events / "metadata", paths.events / "tmp"):
        folder.mkdir(parents=True)
    (paths.events / "metadata" / "default").symlink_to(f"../store/f01/{database.name}")
    (database / "events.sql").write_text("ATTACH TABLE events")
    (part / "data.bin").write_bytes(bytes(5_000))
    (part.parent / "detached" / "old").write_text("no longer")
