"""`tramgac-agent`: runs the command line. Nothing is imported before an interrupt can be heard, not even typing."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status: 0 fine, 1 it failed, 2 misuse, 130 Ctrl-C."""
    try:
        from tramgac_agent import commands

        return commands.main(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
