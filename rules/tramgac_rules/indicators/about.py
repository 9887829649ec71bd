"""What a list says of an indicator, and the kinds of indicators that there are."""

from dataclasses import dataclass

from tramgac_rules.pack import LEVELS

__all__ = ["HASHES", "KINDS", "LEVELS", "MAX_NOTE", "About"]

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
