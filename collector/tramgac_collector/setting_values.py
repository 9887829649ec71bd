"""What may stand in settings that name a place: a control database, a server of the queue, a name for agents."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

_DRIVERS: Final = frozenset({"postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"})
"""How the URL of a control database may begin, before `:`."""
_SCHEMES: Final = frozenset({"nats", "tls"})


def is_database(url: str) -> bool:
    """Tell whether it is a URL of a kind of database that we speak to."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).drivername in _DRIVERS
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        return False


def is_server(url: str) -> bool:
    """Tell whether it is a URL of a server of the queue."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is no number, or too large
        return False


def is_bare(name: str) -> bool:
    """Tell whether a name or an address, of IPv6 too, stands without a port."""
    try:
        return ":" not in name or bool(ipaddress.IPv6Address(name))
    except ValueError:
        return False
