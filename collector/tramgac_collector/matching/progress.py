"""How far a long command is: one line on a terminal, nothing anywhere else."""

import time
from typing import TextIO

_EVERY = 0.1  # seconds
_WIDTH = 30  # characters of the bar


class Progress:
    """A bar that is drawn over itself. `total`: bytes of all files; `out`: where other lines are written meanwhile."""

    def __init__(self, total: int, err: TextIO, out: TextIO) -> None:
        """Begin with nothing drawn."""
        self._total, self._err = total, err
        self._shown = total > 0 and err.isatty()
        self._clears = self._shown and out.isatty()
        self._drawn = False
        self._last = time.monotonic()

    def at(self, done: int, files: int, of: int) -> None:
        """Draw the bar, if a while has passed since it was drawn."""
        if not self._shown or time.monotonic() - self._last < _EVERY:
            return
        self._last = time.monotonic()
        share = min(1.0, done / self._total)
        bar = "#" * round(share * _WIDTH)
        self._err.write(f"\r[{bar:<{_WIDTH}}] {share:4.0%}  {files}/{of}")
        self._err.flush()
        self._drawn = True

    def make_room(self) -> None:
        """Take the bar away before a line is written to the same terminal."""
        if self._clears:
            self.end()

    def end(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._drawn = False
