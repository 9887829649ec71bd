"""What can keep a backup from being taken or restored, said to the person who asked for it."""

from __future__ import annotations

from tramgac_collector.errors import Told


class BackupError(Told):
    """A backup was not taken, is not whole, or was not restored; the text says why and how to mend it."""
