"""Backup while the collector runs, and restore into an empty state directory."""
