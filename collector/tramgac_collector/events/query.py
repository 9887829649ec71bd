"""Searches over stored events."""

from __future__ import annotations

from collections.abc import Iterator

from tramgac_collector.paths import StatePaths


def search(
    paths: StatePaths,
    text: str = "",
    *,
    since: int | None = None,
    until: int | None = None,
    host: str | None = None,
    kind: str | None = None,
    limit: int = 1_000,
) -> Iterator[dict[str, object]]:
    """Give events, oldest first: host, epoch, lane, sequence, time, ingested, kind and ECS fields by dotted name.

    `text` holds `field:value` tokens that must all hold; `*` in a value stands for anything; a token without a field
    is looked for in command lines and paths. `since` and `until` are nanoseconds since 1970 UTC of the event's time.
    The newest `limit` events are given.

    Raises:
        QueryError: a token or field is unknown.
        EngineAway: the store does not answer.

    """
    raise NotImplementedError


def count(
    paths: StatePaths,
    text: str = "",
    *,
    since: int | None = None,
    until: int | None = None,
    host: str | None = None,
    kind: str | None = None,
) -> int:
    """Count what `search` would give without a limit."""
    raise NotImplementedError


def process_tree(paths: StatePaths, host: str, boot: str, entity_id: str) -> list[dict[str, object]]:
    """Give the process, its ancestors and its children: dicts as `search` gives, kind process_start, oldest first.

    `boot` and `entity_id` in text form (16 hexadecimal digits).
    """
    raise NotImplementedError
