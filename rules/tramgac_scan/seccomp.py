"""A seccomp filter that refuses what a scanner never needs: sockets, files by name, programs, other processes.

Classic BPF over `struct seccomp_data` (Documentation/userspace-api/seccomp_filter.rst): a call on the list fails with
EPERM, a call of another architecture ends the process. A list of refusals, not of permissions, because Python and YARA
may use any harmless call; what is dangerous is known and short.
"""

import ctypes
import errno
import platform
import struct
import sys

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_FILTER = 2
_RETURN_KILL = 0x80000000
_RETURN_ERRNO = 0x00050000
_RETURN_ALLOW = 0x7FFF0000
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_OFFSET_NR, _OFFSET_ARCH = 0, 4
# Bit 30 marks x32 calls, which reach the same kernel functions under other numbers.
_JUMP_AT_LEAST, _X32_BIT = 0x35, 0x40000000

# Audit architecture and numbers of the refused calls: asm/unistd_64.h and asm-generic/unistd.h.
_X86_64 = {
    "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "socketpair": 53, "accept4": 288,
    "fork": 57, "vfork": 58, "clone": 56, "clone3": 435, "execve": 59, "execveat": 322, "kill": 62, "tkill": 200,
    "tgkill": 234, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_open": 434,
    "pidfd_getfd": 438, "open": 2, "creat": 85, "openat": 257, "openat2": 437, "open_by_handle_at": 304, "link": 86,
    "linkat": 265, "symlink": 88, "symlinkat": 266, "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264,
    "renameat2": 316, "mkdir": 83, "mkdirat": 258, "mknod": 133, "mknodat": 259, "mount": 165, "umount2": 166,
    "bpf": 321, "perf_event_open": 298, "io_uring_setup": 425, "userfaultfd": 323, "keyctl": 250, "add_key": 248,
    "request_key": 249, "unshare": 272, "setns": 308, "chmod": 90, "fchmodat": 268, "chown": 92, "fchownat": 260,
    "truncate": 76,
}  # fmt: skip
_AARCH64 = {
    "socket": 198, "connect": 203, "accept": 202, "bind": 200, "listen": 201, "socketpair": 199, "accept4": 242,
    "clone": 220, "clone3": 435, "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "tgkill": 131,
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_open": 434, "pidfd_getfd": 438,
    "openat": 56, "openat2": 437, "open_by_handle_at": 265, "linkat": 37, "symlinkat": 36, "unlinkat": 35,
    "renameat": 38, "renameat2": 276, "mkdirat": 34, "mknodat": 33, "mount": 40, "umount2": 39, "bpf": 280,
    "perf_event_open": 241, "io_uring_setup": 425, "userfaultfd": 282, "keyctl": 219, "add_key": 217,
    "request_key": 218, "unshare": 97, "setns": 268, "fchmodat": 53, "fchownat": 54, "truncate": 45,
}  # fmt: skip
_TABLES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class _Program(ctypes.Structure):
    """Linux's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def program(machine: str) -> bytes:
    """The filter for `x86_64` or `aarch64`, as an array of `struct sock_filter`; KeyError for another machine."""
    architecture, calls = _TABLES[machine]
    numbers = sorted(calls.values())
    steps = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _RETURN_KILL),
        (_LOAD, 0, 0, _OFFSET_NR),
        (_JUMP_AT_LEAST, len(numbers) + 1, 0, _X32_BIT),
    ]
    # Each match jumps over the rest and over the permission, to the refusal at the end.
    steps += [(_JUMP_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _RETURN_ALLOW), (_RETURN, 0, 0, _RETURN_ERRNO | errno.EPERM)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def install() -> None:
    """Put the filter on this process for good; OSError where the kernel refuses, KeyError on an unknown machine."""
    code = program(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    buffer = ctypes.create_string_buffer(code, len(code))
    wanted = _Program(len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _FILTER, ctypes.addressof(wanted), 0, 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {errno.errorcode.get(number, number)}")
