"""What a collector may show beyond its own machine: nothing without TLS, nothing of a demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from tramgac_collector.api.errors import ExposureError
from tramgac_collector.config import address, loopback
from tramgac_collector.database import reading
from tramgac_collector.schema import ContentRow
from tramgac_collector.troubles import Trouble

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tramgac_collector.config import CollectorConfig


def beyond_loopback(config: CollectorConfig) -> bool:
    """Tell whether any of the collector's listeners is reached from other machines."""
    return not all(map(loopback, (config.console_listen, config.session_listen, config.enrol_listen)))


def tls(config: CollectorConfig) -> bool:
    """Tell whether the console itself speaks TLS."""
    return bool(config.console_certificate)


def secure(config: CollectorConfig) -> bool:
    """Tell whether people reach the console by TLS, its own or a proxy's."""
    return tls(config) or config.console_origin.startswith("https://")


def origin(config: CollectorConfig, port: int) -> str:
    """Give the console's address as people type it, without a slash at the end; `port` is the one that was opened."""
    host = address(config.console_listen)[0]
    shown = f"[{host}]" if ":" in host else host
    return config.console_origin.rstrip("/") or f"{'https' if tls(config) else 'http'}://{shown}:{port}"


def check_listener(config: CollectorConfig) -> None:
    """Raise ExposureError if the console's listener is not safe to open."""
    if not loopback(config.console_listen) and not tls(config):
        raise ExposureError(Trouble.NO_TLS.both(listen=config.console_listen))
    for name in ("console_certificate", "console_key") if tls(config) else ():
        path = getattr(config, name)
        if not path or not Path(path).is_file():
            raise ExposureError(Trouble.NO_PEM.both(name=name, path=path))


def check_content(engine: Engine, config: CollectorConfig) -> None:
    """Raise ExposureError if content signed with a demonstration's keys is on offer and other machines can reach us."""
    with reading(engine) as s:
        marked = s.scalar(select(ContentRow.marked).order_by(ContentRow.version.desc()).limit(1))
    if marked and beyond_loopback(config):
        raise ExposureError(Trouble.DEMO_CONTENT.both(marked=marked))
