"""The console's fixtures."""

from tests.tools.console import application, clock, console, migrated

__all__ = ["application", "clock", "console", "migrated"]
