"""Whether an address can be listened on, asked of the system itself: libraries say only that it cannot."""

from __future__ import annotations

import os
import socket

from tramgac_collector import config


def hindrance(where: str) -> str:
    """Say why nobody can listen on HOST:PORT now, in the system's words; empty where somebody can.

    Raises:
        SettingsError: it is no address.
    """
    host, port = config.address(where)
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return ""
    except OSError as error:
        # Python writes the address into strerror; a name that is not found has a number that is no errno.
        return str(error.strerror) if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
