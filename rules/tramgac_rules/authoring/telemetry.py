"""What a rule lives on: the sensors, channels and log services that give events of its log source."""

from collections.abc import Collection

from tramgac_rules.rule import LogSource
from tramgac_rules.sources import Route, routes

CAPABILITIES = {
    "process_start": "process",
    "process_exit": "process",
    "file_create": "file",
    "file_write": "file",
    "file_delete": "file",
    "file_rename": "file",
    "scan_hit": "file",
    "network_connection": "network",
}
"""Our kinds of events -> the capability whose sensors give them, as hosts report it."""
CHANNEL, SERVICE = "channel:", "log:"
"""How a Windows channel (in lower case) and a service of log lines are written; `log:*` is any service."""
ANY = "any"
"""Of a rule for all events of a system."""


def needed(source: LogSource, product: str = "") -> frozenset[str]:
    """Return what gives events of a log source, each of which is enough; none if nothing that we know of does.

    `product`: of hosts of this system alone (linux, windows).
    """
    found: set[str] = set()
    for route in routes(source):
        if not product or route.product in (None, product):
            found |= _of(route)
    return frozenset(found)


def given(needs: Collection[str], gives: Collection[str]) -> bool:
    """Tell whether a host that gives this sees events that a rule needs."""
    if ANY in needs:
        return bool(gives)
    return any(need in gives or (need == f"{SERVICE}*" and _any_service(gives)) for need in needs)


def _of(route: Route) -> set[str]:
    kinds = route.kinds
    if kinds is None and route.channels is None:
        return {ANY}
    if kinds is not None and "log_line" in kinds:
        return {f"{SERVICE}{name}" for name in route.channels or ("*",)}
    if kinds is not None and "event_log" not in kinds:
        return {CAPABILITIES[kind] for kind in kinds if kind in CAPABILITIES}
    return {f"{CHANNEL}{channel}" for channel in route.channels or ("*",)}


def _any_service(gives: Collection[str]) -> bool:
    return any(one.startswith(SERVICE) for one in gives)
