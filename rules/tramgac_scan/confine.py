"""How the scanning child locks itself in: limits, another user, no network, no capabilities, no files, no programs.

Each layer is tried by itself and reported by name, so that a host where one of them is missing still has the rest and
says so; without `capabilities` nothing is scanned. Order matters: what needs privilege first, then privilege goes, then
the doors close.
"""

import contextlib
import ctypes
import os
import resource
import sys
from pathlib import Path

from tramgac_scan import capabilities, protocol, seccomp

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_NOBODY = 65534
_PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _SIGKILL = 4, 1, 9


def limit(memory: int, cpu_seconds: int) -> None:
    """Bound address space, processor time, descriptors; forbid files and core dumps."""
    for what, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (value, value))


def go_first() -> None:
    """Be what the kernel ends where memory is short: whoever started this child is needed, and starts another."""
    with contextlib.suppress(OSError):  # no /proc here
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def stand_back() -> None:
    """Run only when nobody else wants the processor (SCHED_IDLE), as what is never in a hurry should."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def isolate() -> list[str]:
    """Lock the process in; the names of the layers that hold: network, user, capabilities, seccomp.

    `network` needs CAP_SYS_ADMIN, or a kernel that lets an ordinary user have a user namespace; `user` needs root with
    CAP_SETUID and CAP_SETGID. `capabilities` is missing only where the kernel lets none be given up: then nothing may
    be scanned. `seccomp` alone already refuses sockets and files by name.
    """
    held = []
    libc = ctypes.CDLL(None, use_errno=True)
    capabilities.bound()  # while it may: whoever becomes another user has CAP_SETPCAP no more
    network = libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
            held.append(protocol.USER)
    # Only now: in a namespace of its own there is no nobody to become.
    if network or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        held.insert(0, protocol.NETWORK)
    if capabilities.drop():
        held.append(protocol.CAPABILITIES)
    # After the last change of user and capabilities: each of them takes these two back (prctl(2)).
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    with contextlib.suppress(OSError, KeyError):
        seccomp.install()
        held.append(protocol.SECCOMP)
    return held
