"""What a target needs to be let in: its token, and what TLS needs."""

from __future__ import annotations

import ssl

from tramgac_collector.errors import SettingsError
from tramgac_collector.export.settings import HttpTarget, TcpTarget
from tramgac_collector.export.words import Exporting
from tramgac_collector.paths import StatePaths


def token(paths: StatePaths, file: str) -> str:
    """Read a token's file; a path without a / at its beginning is below the state directory.

    Raises:
        SettingsError: it is not there, empty, no line of ASCII, or others can read it.

    """
    path = paths.root / file
    try:
        mode = path.stat().st_mode & 0o777
        content = path.read_bytes().strip().decode("ascii", "replace")
    except OSError as error:
        raise SettingsError(Exporting.SECRET.both(file=path, why=error.strerror)) from None
    if mode & 0o077:
        raise SettingsError(Exporting.SECRET.both(file=path, why=Exporting.SECRET_MODE.both(mode=f"{mode:04o}")))
    if not content:
        raise SettingsError(Exporting.SECRET.both(file=path, why=Exporting.SECRET_EMPTY.both()))
    if not (content.isascii() and content.isprintable()):
        raise SettingsError(Exporting.SECRET.both(file=path, why=Exporting.SECRET_LINE.both()))
    return content


def tls(paths: StatePaths, target: TcpTarget | HttpTarget) -> ssl.SSLContext:
    """Return how a target is spoken to: TLS 1.2 or newer, its name and certificate looked at, ours shown if it has one.

    Raises:
        SettingsError: a file of it cannot be used.

    """
    files = [file for file in (target.ca_file, target.certificate_file, target.key_file) if file]
    try:
        context = ssl.create_default_context(cafile=str(paths.root / target.ca_file) if target.ca_file else None)
        if target.certificate_file:
            context.load_cert_chain(paths.root / target.certificate_file, paths.root / target.key_file)
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(str(paths.root / file) for file in files)
        raise SettingsError(Exporting.SECRET.both(file=names, why=error.strerror or error)) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
