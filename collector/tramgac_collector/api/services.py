"""What the routes work with, put together once in `api/serve.py` and in tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a route may reach."""

    paths: StatePaths
    config: CollectorConfig
    engine: Engine
    credential: str
    """What a command on this machine shows on `run/api.sock`; 64 hexadecimal digits."""
