"""Whether several judges are abreast: what one concludes from silence, another may not have read yet."""

import math
import time
from collections.abc import Callable

from tramgac_collector import ingest, judges
from tramgac_collector.judging.consumer import Consumer

A_MOMENT_S = 60.0
"""Whoever is silent has been so for longer, seconds: what may explain it was in the log by then."""


class Abreast:
    """Whether the other judges have judged all that we had read a moment ago."""

    def __init__(self, consumer: Consumer, clock: Callable[[], float] = time.monotonic) -> None:
        """Know nothing of them yet; `clock` in seconds."""
        self._consumer, self._clock = consumer, clock
        self._position, self._since = 0, -math.inf

    def look(self) -> bool:
        """Look where they are now; to be asked every few seconds, after all is judged here."""
        paths, seat, now = self._consumer.paths, self._consumer.place.seat, self._clock()
        if not all(ingest.worked_on(paths, other, self._position) for other in judges.roles(seat.of)[1:]):
            return False
        lately = now - self._since < A_MOMENT_S
        self._position, self._since = self._consumer.position, now
        return lately or seat.of == 1
