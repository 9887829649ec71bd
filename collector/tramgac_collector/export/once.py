"""`tramgac export run --once`: the targets that are left to it, until each has all that there is."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector import database
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import CollectorError, StateError
from tramgac_collector.export.building import build
from tramgac_collector.export.settings import Target
from tramgac_collector.export.words import Exporting
from tramgac_collector.paths import StatePaths


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one target."""

    name: str
    ok: bool
    sent: int
    refused: int
    gaps: int
    why: str = ""
    """Why not all went."""

    def as_json(self) -> dict[str, object]:
        """Return the row as `--json` prints it."""
        told = {"target": self.name, "ok": self.ok, "sent": self.sent, "refused": self.refused, "gaps": self.gaps}
        return {**told, "why": self.why} if self.why else told


def once(paths: StatePaths, config: CollectorConfig, targets: Sequence[Target]) -> Iterator[Done]:
    """Export what there is now; a destination that does not take it is not waited for."""
    engine = database.open_database(config.url(paths))
    try:
        for target in targets:
            yield _one(paths, config, engine, target)
    finally:
        engine.dispose()


@contextlib.contextmanager
def _alone(paths: StatePaths, target: Target) -> Iterator[None]:
    """Be the only one that exports to a target by hand. Raises StateError if another does."""
    with (paths.run / f"export-{target.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(Exporting.ANOTHER.both(name=target.name)) from None
        yield


def _one(paths: StatePaths, config: CollectorConfig, engine: Engine, target: Target) -> Done:
    pump = build(paths, config, engine, target)
    why = ""
    try:
        with _alone(paths, target):
            while pump.step():
                pass
            pump.finish()
    except CollectorError as error:
        why = error.said()
    except (SQLAlchemyError, OSError) as error:
        why = str(error)
    finally:
        pump.close()
    counts = pump.counts
    return Done(target.name, not why, counts["sent"], counts["refused"], counts["gaps"], why)
