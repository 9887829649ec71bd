"""The witness: sensors, enrichment, spool, link, content, service."""

VERSION = "0.1.0"
"""The agent's version, as it says it to the collector (the distribution's; a test compares)."""
