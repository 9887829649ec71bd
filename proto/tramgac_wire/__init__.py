"""The road: what agent and collector share on the wire and on disk; pure, or over a small file-system interface."""
