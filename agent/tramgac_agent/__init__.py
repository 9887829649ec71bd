"""The witness: sensors, enrichment, spool, link, content, service."""
