"""The console's fixtures."""

from tests.tools.console import authority, clock, console, migrated, running, tramgac

__all__ = ["authority", "clock", "console", "migrated", "running", "tramgac"]
