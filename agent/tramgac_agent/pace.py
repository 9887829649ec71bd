"""How long events may wait for company before they are sent: longer at night and where bytes cost money.

What is urgent never waits. Whether a line costs money is a setting; `auto` knows modems alone (Linux: the default route
goes through a device that the kernel calls a wwan, or through ppp), looked at when a stream opens and once a minute.
Not known so: a telephone that lends its line over Wi-Fi or USB, and what a person marked in NetworkManager or Windows.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tramgac_agent.config import AgentConfig

URGENT: Final = 1
_ROUTES: Final = Path("/proc/net/route")
_DEVICES: Final = Path("/sys/class/net")


def waits(config: AgentConfig, *, hour: int, modem: bool) -> Mapping[int, int]:
    """Longest wait before sending, nanoseconds, by lane. `hour`: of the day here, 0 to 23."""
    metered = config.metered == "yes" or (config.metered == "auto" and modem)
    begin, end = config.night_from_h, config.night_until_h
    night = begin <= hour < end if begin <= end else hour >= begin or hour < end
    quiet = int(config.flush_quiet_s * 1e9) if metered or night else 0
    return {lane: wait if lane == URGENT else max(wait, quiet) for lane, wait in config.flush_ns.items()}


def now(config: AgentConfig) -> Mapping[int, int]:
    """The waits of this moment; looks at the clock and at the routes."""
    return waits(config, hour=time.localtime().tm_hour, modem=config.metered == "auto" and through_modem())


def through_modem(routes: Path = _ROUTES, devices: Path = _DEVICES) -> bool:
    """Tell whether the default route goes through a modem; False where that cannot be seen."""
    try:
        lines = routes.read_text("ascii").splitlines()[1:]
        names = [fields[0] for fields in map(str.split, lines) if fields[1:2] == ["00000000"]]
        return any(name.startswith("ppp") or "DEVTYPE=wwan" in _about(devices / name) for name in names[:1])
    except (OSError, UnicodeDecodeError):
        return False


def _about(device: Path) -> list[str]:
    return (device / "uevent").read_text("ascii").splitlines()


def jitter() -> float:
    """A number in [0, 1), for the back-off."""
    return secrets.randbelow(1 << 30) / (1 << 30)
