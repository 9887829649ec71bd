"""What hosts are called, by id: asked of the control store now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, select

from tramgac_collector import database
from tramgac_collector.schema import HostRow

_OLD_S, _UNKNOWN_S = 60.0, 5.0


class Hostnames:
    """Names as of a minute ago; a host that is new is asked for sooner."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without names; `clock` in seconds."""
        self._engine, self._clock = engine, clock
        self._names: dict[str, str] = {}
        self._read = -_OLD_S

    def of(self, host: str) -> str:
        """Return what a host is called; "" if that is not known."""
        name = self._names.get(host)
        if self._clock() - self._read >= (_UNKNOWN_S if name is None else _OLD_S):
            with database.reading(self._engine) as s:
                self._names = {row.id: row.hostname for row in s.execute(select(HostRow.id, HostRow.hostname))}
            self._read = self._clock()
            name = self._names.get(host)
        return name or ""
