"""Rules that others publish: a checkout of SigmaHQ or a release of it becomes a folder that can be signed."""
