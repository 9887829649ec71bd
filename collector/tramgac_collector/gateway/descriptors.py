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
    """Raise the limit to what so many streams need, if it is lower; for how many there is room then.

    Twice as many: an agent that comes again may be there before its old connection is gone.
    """
    wanted = 2 * streams + BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return streams
    given = max(soft, wanted if hard == resource.RLIM_INFINITY else min(wanted, hard))
    if given > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
    room = max(1, given - BESIDE)
    if room < streams:
        _log.warning(
            "fewer agents are let in than maximum_streams says: raise the limit of open files (LimitNOFILE)",
            open_files=given,
            maximum_streams=streams,
            let_in=room,
        )
    return min(streams, room)
