"""The author's signature over content: a TUF repository, made offline."""

from datetime import timedelta
from pathlib import Path

YEAR = timedelta(days=365)


def next_version(repository: Path) -> int:
    """Return the version that the next `sign` will give: one more than the repository's, 1 if there is none."""
    raise NotImplementedError


def sign(repository: Path, keys: Path, bundle: bytes, sources: bytes, *, valid: timedelta = YEAR) -> int:
    """Add a bundle to the repository and sign it; return its version.

    Makes `keys/author.pem` (mode 0600) and the repository on first use. Raises SigningError, OSError.
    """
    raise NotImplementedError
