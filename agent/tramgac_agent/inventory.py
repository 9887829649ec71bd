"""What the host is: name, system, hardware, addresses."""

from __future__ import annotations

import platform
import socket
import sys

import psutil
from tramgac_proto.event_pb2 import Inventory

from tramgac_agent.enrich.boot import booted_ns


def inventory() -> Inventory:
    """The host as it is now; two of them are equal while nothing changed."""
    ips, macs = _addresses()
    return Inventory(
        hostname=socket.gethostname(),
        os_type="windows" if sys.platform == "win32" else "linux",
        os_name=_os_name(),
        kernel=platform.release(),
        architecture=platform.machine(),
        ips=ips,
        macs=macs,
        # To the second: the two clocks drift apart by less, and a new inventory each hour would say nothing.
        booted=booted_ns() // 1_000_000_000 * 1_000_000_000,
        memory=psutil.virtual_memory().total,
        processors=psutil.cpu_count() or 0,
    )


def _os_name() -> str:
    """As /etc/os-release calls it, else as Python does."""
    if sys.platform == "linux":
        try:
            return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
        except OSError:
            return "Linux"
    return platform.platform(terse=True)


def _addresses() -> tuple[list[str], list[str]]:
    """IP addresses without loopback, and hardware addresses as aa:bb:cc:dd:ee:ff; sorted."""
    ips, macs = set(), set()
    for interface in psutil.net_if_addrs().values():
        for address in interface:
            if address.family == psutil.AF_LINK:
                macs.add(address.address.lower().replace("-", ":"))
            elif address.family in {socket.AF_INET, socket.AF_INET6}:
                ips.add(address.address.split("%")[0])
    return sorted(ips - {"127.0.0.1", "::1"}), sorted(macs - {"00:00:00:00:00:00", ""})
