"""What the sensor process does beside sensing: announces the spool, hears the uplink, answers for samples and content.

The sensor's loop owns one Duties and calls turn() each time it wakes. Nothing here blocks.

    duties = Duties(config, spool, find=hashes.find, reload=judge.reload)
    while running:
        events -> spool.put(lane, event); spool.flush()
        duties.turn(); event.skew = duties.skew_ns
    duties.close()                      # after spool.put(last words) and spool.close()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tramgac_agent.config import AgentConfig
    from tramgac_agent.samples import KnownFile
    from tramgac_agent.spool import Spool


class Duties:
    """The sensor process's end of everything that is not sensing."""

    def __init__(
        self,
        config: AgentConfig,
        spool: Spool,
        *,
        find: Callable[[bytes], KnownFile | None],
        reload: Callable[[Path], int],
    ) -> None:
        """Listen on `run/sensor.sock`.

        Args:
            config: Settings.
            spool: The spool; acks go there.
            find: SHA-256 (32 bytes) to the file that was hashed, None if not known any more.
            reload: Takes `content/current.json.zst` into use and gives its version; raises on trouble, the old stays.
        """
        raise NotImplementedError

    skew_ns: int
    """What to add to this host's clock to get the collector's, nanoseconds; 0 until measured."""
    content_version: int
    """The bundle in force; 0 for none."""

    def filenos(self) -> Sequence[int]:
        """Descriptors worth waking up for."""
        raise NotImplementedError

    def turn(self) -> None:
        """Hear the uplink, carry on with samples and content, announce new heads."""
        raise NotImplementedError

    def note(self, **facts: object) -> None:
        """Facts for `doctor`, as sensors=[{"capability", "rung", "state", "why"}, ...]; written to run/sensor.json."""
        raise NotImplementedError

    def close(self) -> None:
        """Announce the last heads and close."""
        raise NotImplementedError
