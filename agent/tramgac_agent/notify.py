"""sd_notify(3): tells the service manager that a part is ready, alive, or stopping. Silent where none listens."""

from __future__ import annotations

import os
import socket
import sys


def notify(*states: str) -> bool:
    """Send states as `READY=1`, `WATCHDOG=1`, `STATUS=text`, `STOPPING=1`; False where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if sys.platform == "win32" or not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        try:
            sock.sendto("\n".join(states).encode(), address)
        except OSError:
            return False
    return True


def watchdog_s() -> float:
    """How often to send WATCHDOG=1, seconds: half of what the manager allows; 0 where it does not watch."""
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return 0.0
    return microseconds / 2_000_000
