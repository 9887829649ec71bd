"""One heap for all threads of a process.

glibc gives each thread one of its own, and what one thread takes and another frees lies about in all of them: a
thousand silent connections leave 45 MB in one heap, and 71 in those of gRPC's threads.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""Of malloc.h; see mallopt(3)."""


def share() -> bool:
    """Have all threads that begin from now on use the first one's heap; whether this C library can (glibc can)."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return False
    return bool(mallopt(_M_ARENA_MAX, 1))
