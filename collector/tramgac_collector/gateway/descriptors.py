"""How many files and connections the gateway's process may have open.

A service manager's usual limit is 1,024, which a program may raise as far as the hard one (systemd: 524,288).
"""

from __future__ import annotations

import resource

import structlog

BESIDE = 1_000
"""The log, the control store, the enrolment port, connections that come and go."""
_log = structlog.get_logger(__name__)


def provide(streams: int) -> int:
    """Raise the limit to what so many streams need, if it is lower; what it is then.

    Twice as many: an agent that comes again may be there before its old connection is gone.
    """
    wanted = 2 * streams + BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted or soft == resource.RLIM_INFINITY:
        return soft
    given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
    if given < streams + BESIDE:
        _log.warning(
            "fewer agents can be connected than maximum_streams says: raise the limit of open files (LimitNOFILE)",
            open_files=given,
            maximum_streams=streams,
        )
    return given
