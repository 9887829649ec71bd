"""What a list says of an indicator, and the kinds of indicators that there are."""

from dataclasses import dataclass

LEVELS = ("informational", "low", "medium", "high", "critical")
"""Severity, rising; a level's number is its place."""

HASHES = {"sha256": 32, "sha1": 20, "md5": 16, "imphash": 16}
"""Kinds that are digests, the surest first, with their length in bytes."""

KINDS = (*HASHES, "address", "network", "domain", "hostname", "url", "path", "name")
"""What an indicator may be. A domain stands for itself and all names below it, a hostname for itself alone."""

MAX_NOTE = 500
"""Characters of a source or a note; more is cut."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an indicator. `expires`: the first moment when it no longer counts, ns; 0 for never."""

    level: str
    source: str = ""
    note: str = ""
    expires: int = 0

    def live(self, time: int) -> bool:
        """Tell whether it counts for an event of this time, ns; 0 for an event whose time is not known."""
        return not self.expires or time < self.expires
