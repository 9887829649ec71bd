"""How the scanning child locks itself in: limits, another user, no network, no files, no programs.

Each layer is tried by itself and reported by name, so that a host where one of them is missing still has the rest and
says so. Order matters: what needs privilege first, then privilege goes, then the doors close.
"""

import contextlib
import ctypes
import os
import resource
import sys

from tramgac_scan import seccomp

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

_CLONE_NEWNET, _CLONE_NEWIPC = 0x40000000, 0x08000000
_NOBODY = 65534
_PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _SIGKILL = 4, 1, 9


def limit(memory: int, cpu_seconds: int) -> None:
    """Bound address space, processor time, descriptors; forbid files and core dumps; end with the parent."""
    for what, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def isolate() -> list[str]:
    """Lock the process in; the names of the layers that hold: network, user, seccomp.

    `network` and `user` need root. `seccomp` alone already refuses sockets and files by name.
    """
    held = []
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        if libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0:
            held.append("network")
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
            held.append("user")
    with contextlib.suppress(OSError, KeyError):
        seccomp.install()
        held.append("seccomp")
    return held
