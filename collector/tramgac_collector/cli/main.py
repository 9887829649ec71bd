"""`tramgac`: runs the command line and ends with its exit status. Nothing is imported that is not always installed."""

import sys

_AUTHORS = frozenset({"sigma", "yaml"})
_INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def main() -> None:
    """Run the command of `sys.argv`; ends the process with 0 (fine), 1 (failed), 2 (misuse) or 130 (Ctrl-C)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # absent where a test captures
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        _run()
    except KeyboardInterrupt:  # while Python still imports: commands end so by themselves
        sys.exit(_INTERRUPTED)


def _run() -> None:
    from tramgac_collector.cli.complaints import Complaint
    from tramgac_collector.cli.errors import CommandError
    from tramgac_collector.cli.pairs import say
    from tramgac_collector.cli.terminal import complain

    try:
        from tramgac_collector.cli.app import build

        build()(prog_name="tramgac")  # however it was started: help and complaints name it
    except CommandError as error:
        complain(str(error))
        sys.exit(error.status)
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if not module or module.startswith("tramgac_") or module in sys.stdlib_module_names:
            raise  # a fault of ours
        complain(say(Complaint.EXTRA, module=module, extra="author" if module in _AUTHORS else "collector"))
        sys.exit(2)
