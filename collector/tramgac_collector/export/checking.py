"""`tramgac export check`: whether a target could be reached now. Nothing is sent, and nothing is left behind."""

from __future__ import annotations

import http.client
import os
from pathlib import Path
from urllib.parse import urlsplit

from tramgac_collector.export import secrets
from tramgac_collector.export.destinations.tcp import TcpDestination
from tramgac_collector.export.errors import Away
from tramgac_collector.export.settings import FileTarget, HttpTarget, Target
from tramgac_collector.export.words import Exporting
from tramgac_collector.paths import StatePaths


def reach(paths: StatePaths, target: Target) -> None:
    """See that a folder can be written to, or that the other side answers and is who it should be.

    Raises:
        Away: it does not.
        SettingsError: a file that it needs cannot be used.

    """
    if isinstance(target, FileTarget):
        _folder(Path(target.folder))
    elif isinstance(target, HttpTarget):
        _http(paths, target)
    else:
        destination = TcpDestination(paths, target, octets=True)
        try:
            destination.reach()
        finally:
            destination.close()


def _folder(folder: Path) -> None:
    if not folder.is_dir():
        raise Away(Exporting.NO_PLACE.both(where=folder, why=os.strerror(2)))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Away(Exporting.NO_PLACE.both(where=folder, why=os.strerror(13)))


def _http(paths: StatePaths, target: HttpTarget) -> None:
    if target.token_file:
        secrets.token(paths, target.token_file)
    parts = urlsplit(target.url)
    if parts.scheme == "https":
        context = secrets.tls(paths, target)
        made: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=target.timeout_s, context=context
        )
    else:
        made = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=target.timeout_s)
    try:
        made.connect()
    except OSError as error:
        raise Away(Exporting.NO_ANSWER.both(server=target.target, why=error)) from None
    finally:
        made.close()
