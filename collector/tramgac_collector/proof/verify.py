"""The proof of one collector's log, or of a backup's: where to begin, whose word is known beside it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector.config import load
from tramgac_collector.errors import CollectorError
from tramgac_collector.ingest import Attestation, head, open_reader
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.walk import Walk, begin


def open_walk(
    paths: StatePaths,
    *,
    host: str = "",
    since: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[Walk, int]:
    """Give a walk through the log below `paths`, and where it is to begin.

    Args:
        paths: a state directory, or a backup.
        host: how the ids of the hosts begin that are looked at; all if empty.
        since: what reached us from then on, nanoseconds since 1970; 0 for all.
        progress: told how many records were passed, and of how many.

    Raises:
        FileNotFoundError: there is no log.
        OSError: the disk does not give it.
    """
    reader = open_reader(paths)
    if not reader.segments():
        raise FileNotFoundError(paths.log_segments)
    until = head(paths)
    start = begin(reader, since) if since else reader.segments()[0]
    told = lambda position: progress(position - start, until - start)  # noqa: E731
    return Walk(reader, until or None, lambda known: known.startswith(host), told), start


def kept(paths: StatePaths, host: str = "") -> tuple[list[Attestation], str]:
    """Give the newest that hosts signed, from the control store; or nothing and why it cannot be read.

    Read it before the log's head: what it speaks for is in the log then.
    """
    from tramgac_collector import database, proofs

    try:
        url = load(paths).url(paths)
        if url == paths.database_url and not paths.control_database.exists():
            return [], f"{paths.control_database} is not there"  # and is not to be made by looking
        engine = database.open_database(url)
        try:
            with database.reading(engine) as s:
                return [said for said in proofs.listing(s) if said.host.startswith(host)], ""
        finally:
            engine.dispose()
    except (CollectorError, SQLAlchemyError, OSError) as error:
        return [], str(error).splitlines()[0]
