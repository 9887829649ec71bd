"""The machine's boot: its id, when it was, and its clock."""

from __future__ import annotations

import hashlib
import sys
import time
from functools import cache
from pathlib import Path

import psutil


@cache
def boot_text() -> str:
    """The boot's id as text: the kernel's own on Linux, elsewhere the time of boot in seconds since 1970."""
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    return str(int(psutil.boot_time()))


@cache
def boot_id() -> int:
    """The boot as 64 bits: the first of the kernel's boot id; elsewhere of a hash of the text."""
    if sys.platform == "linux":
        return int(boot_text().replace("-", "")[:16], 16)
    return int.from_bytes(hashlib.sha256(boot_text().encode()).digest()[:8], "big")


def booted_ns() -> int:
    """The wall clock at boot by now, nanoseconds since 1970: wall clock minus the clock that runs since boot.

    It moves when somebody sets the clock; so it is asked for anew at each drain.
    """
    if sys.platform == "linux":
        # Read between two looks at the other clock would be exact to the microsecond; this is to a few.
        return time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return int(psutil.boot_time() * 1e9)
