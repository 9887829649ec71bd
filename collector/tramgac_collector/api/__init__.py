"""The console's API: routes with declared permissions, sessions, the live stream and the page's files."""
