"""Errors of exports.

ExportError
├── Away        the destination does not take it now: tried again
├── Refused     the destination will never take it
└── Elsewhere   another exporter moved the place
"""

from __future__ import annotations

from tramgac_collector.errors import Told
from tramgac_collector.pairs import Both


class ExportError(Told):
    """Something could not be exported."""


class Away(ExportError):
    """The destination does not take it now.

    Attributes:
        retry_after_s: how long it asks to be left alone, seconds; None where it does not say.

    """

    def __init__(self, what: Both, retry_after_s: float | None = None) -> None:
        """Say what is wrong."""
        super().__init__(what)
        self.retry_after_s = retry_after_s


class Refused(ExportError):
    """The destination will never take it.

    Attributes:
        which: places in what was sent of the records that it refused, if it says; empty: one or more of them.

    """

    def __init__(self, what: Both, which: tuple[int, ...] = ()) -> None:
        """Say what is wrong."""
        super().__init__(what)
        self.which = which


class Elsewhere(ExportError):
    """Another exporter moved the place of a target: two run at once."""
