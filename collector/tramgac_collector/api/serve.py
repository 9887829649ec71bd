"""The role api: the application on the console's address and on `run/api.sock`, in one loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths


def serve(paths: StatePaths, config: CollectorConfig) -> None:
    """Serve until SIGTERM or SIGINT.

    Listens on `config.console_listen` (TLS if configured) and on `paths.run/api.sock`, after writing a new
    credential to `paths.run/credential` (mode 0600). Raises ExposureError, OSError (port in use).
    """
    raise NotImplementedError
