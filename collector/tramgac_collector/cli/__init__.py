"""The command line `tramgac`: speaks to a collector's local socket, never to its database."""
