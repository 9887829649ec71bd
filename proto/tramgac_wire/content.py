"""Content as The Update Framework has it: whoever acts on it verifies by itself, with the same few lines.

The repository is `metadata/{root,N.root,timestamp,N.snapshot,N.targets}.json` and `targets/HASH.NAME`; the collector
is a courier and holds no key. The trust folder keeps what was verified last, so nothing older is ever taken again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle whose signatures hold."""

    version: int
    """The number of targets.json, which is the bundle's."""
    bundle: bytes
    """The bundle's JSON, decompressed."""


def update(root: bytes, trust_dir: Path, fetch: Callable[[str], bytes]) -> Verified:
    """Verify the newest content and return it.

    Args:
        root: the root.json to begin with (trust on enrolment); only used while trust_dir holds none.
        trust_dir: a private folder; holds verified metadata and the last bundle between calls.
        fetch: returns a repository file by its name ("metadata/timestamp.json", "targets/HASH.rules.json.zst"),
            KeyError if there is none.

    Raises:
        ContentError: unsigned, tampered, older, expired, missing, too_large or malformed; what was verified
            before stays in force (see `current`).
        OSError: the trust folder cannot be written.
    """
    raise NotImplementedError


def current(trust_dir: Path) -> Verified | None:
    """Return the bundle that was verified last, without asking anyone; None if there is none."""
    raise NotImplementedError
