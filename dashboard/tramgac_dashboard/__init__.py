"""The window: the built page and its path."""
