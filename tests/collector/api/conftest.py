"""The console's fixtures."""

from tests.tools.console import application, authority, clock, console, migrated, running, tramgac

__all__ = ["application", "authority", "clock", "console", "migrated", "running", "tramgac"]
