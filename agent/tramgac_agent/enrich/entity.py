"""The identity of a process within (host, boot): 64 bits, the same from every sensor.

`start in 10 ms << 22 | pid`. A pid has at most 22 bits on Linux (PID_MAX_LIMIT); on Windows they
are small multiples of four. The start comes from the kernel's boot clock: field 22 of
/proc/PID/stat, `task_struct.start_boottime`, or the creation time minus the boot time.
"""

from __future__ import annotations

_PID_BITS = 22
_PID_MASK = (1 << _PID_BITS) - 1
_TICK_NS = 10_000_000


def entity_id(pid: int, start: int) -> int:
    """Identity of the process `pid` that was started at tick `start`; 0 if either is not known."""
    if not pid or not start:
        return 0
    return ((start << _PID_BITS) | (pid & _PID_MASK)) & 0xFFFF_FFFF_FFFF_FFFF


def ticks(since_boot_ns: int) -> int:
    """Nanoseconds since boot in ticks of 10 ms, rounded as /proc does: down."""
    return since_boot_ns // _TICK_NS
