"""The proof of one collector's log, or of a backup's: where to begin, whose word is known beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tramgac_collector.config import load
from tramgac_collector.errors import CollectorError
from tramgac_collector.ingest import Attestation, head, open_reader
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.walk import Walk, begin
from tramgac_collector.refusals import Refusal

_UNREADABLE: Final = (CollectorError, SQLAlchemyError, OSError)


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
    from tramgac_collector import proofs

    try:
        with _control(paths) as s:
            return [said for said in proofs.listing(s) if said.host.startswith(host)], ""
    except _UNREADABLE as error:
        return [], str(error).splitlines()[0]


def host_called(paths: StatePaths, name: str) -> tuple[str, str]:
    """Give the id of the host of this name, from the control store; or none, and why it cannot be read.

    Raises HostUnknown, HostAmbiguous.
    """
    from tramgac_collector import hosts

    try:
        with _control(paths) as s:
            return hosts.find(s, name), ""
    except Refusal:
        raise
    except _UNREADABLE as error:
        return "", str(error).splitlines()[0]


@contextmanager
def _control(paths: StatePaths) -> Iterator[Session]:
    """Open the control store for a look. Raises one of _UNREADABLE where that cannot be."""
    from tramgac_collector import database

    url = load(paths).url(paths)
    if url == paths.database_url and not paths.control_database.exists():
        raise FileNotFoundError(f"{paths.control_database} is not there")  # and is not to be made by looking
    engine = database.open_database(url)
    try:
        with database.reading(engine) as s:
            yield s
    finally:
        engine.dispose()
