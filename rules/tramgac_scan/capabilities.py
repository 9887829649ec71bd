"""Giving up every capability for good (capabilities(7)), whoever the process is.

A process may always give up what it has; only the bounding set needs CAP_SETPCAP. Where that is missing,
no_new_privs does the same: no program started later can gain what is gone.
"""

import ctypes
import struct
import sys

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 24, 38, 47, 4
_ALL = range(64)
_HEADER = struct.pack("=Ii", 0x20080522, 0)
"""_LINUX_CAPABILITY_VERSION_3, and 0 for ourselves: capget(2)."""
_NONE = bytes(24)
"""No bit in any of the sets: effective, permitted, inheritable, each in two words."""


def bound() -> bool:
    """Let no program that is started later have any; what this process has stays. False: no_new_privs is refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in _ALL:
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    return bool(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def drop() -> bool:
    """Give up all capabilities and the way to get any; True if none is left and none can come back."""
    libc = ctypes.CDLL(None, use_errno=True)
    bolted = bound()  # again: a user namespace began with a full bounding set
    libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    libc.capset(_HEADER, _NONE)
    return bolted and not any_left()


def any_left() -> bool:
    """Whether a capability stands in any set of this process, as the kernel says; True if it does not say."""
    sets = ctypes.create_string_buffer(len(_NONE))
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.capget(_HEADER, sets) != 0 or sets.raw != _NONE
