"""What is mounted where (proc_pid_mountinfo(5))."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

assert sys.platform == "linux"

_OCTAL = re.compile(rb"\\([0-7]{3})")

REAL_FILE_SYSTEMS = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat", "exfat", "ntfs3", "tmpfs"})
"""Local file systems on which programs and documents lie; the kernel's own views and network ones are left out."""

_NOTHING_NEW = frozenset(
    {"proc", "sysfs", "cgroup", "cgroup2", "devtmpfs", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf"}
    | {"pstore", "configfs", "efivarfs", "fusectl", "hugetlbfs", "binfmt_misc", "autofs", "rpc_pipefs", "nsfs"}
    | {"resctrl", "selinuxfs", "squashfs", "iso9660", "erofs", "cramfs", "fuse.lxcfs", "fuse.portal", "fuse.snapfuse"}
)
"""The kernel's views of itself, images that nobody writes, and views of files that lie on another file system."""


class Mount(NamedTuple):
    """One mount."""

    id: int
    device: tuple[int, int]
    """Major and minor number of the file system: equal for several mounts of one."""
    root: str
    """Which part of the file system is mounted; `/` for the whole."""
    point: str
    kind: str
    """Type of the file system."""


def read(source: Path = Path("/proc/self/mountinfo")) -> list[Mount]:
    """All mounts that this process sees, in the kernel's order."""
    return [_parse(line) for line in source.read_bytes().splitlines() if line]


def _parse(line: bytes) -> Mount:
    # 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    left, right = line.split(b" - ", 1)
    number, _, device, root, point = left.split(b" ")[:5]
    major, minor = device.split(b":")
    kind = right.split(b" ", 1)[0].decode("ascii", "replace")
    return Mount(int(number), (int(major), int(minor)), _unescaped(root), _unescaped(point), kind)


def _unescaped(raw: bytes) -> str:
    r"""Space, tab, line feed and backslash are written \040, \011, \012, \134."""
    return os.fsdecode(_OCTAL.sub(lambda m: bytes([int(m[1], 8)]), raw))


def watchable(found: list[Mount]) -> list[Mount]:
    """One mount for each local file system, the whole of it where that is mounted, else the first part."""
    best: dict[tuple[int, int], Mount] = {}
    for mount in found:
        if mount.kind in REAL_FILE_SYSTEMS:
            known = best.get(mount.device)
            if known is None or (known.root != "/" and mount.root == "/"):
                best[mount.device] = mount
    return list(best.values())


def others(found: list[Mount]) -> list[Mount]:
    """Of each kind of file system that is not `watchable` and on which files can be made, the mount nearest the root.

    Only one: a host of containers has hundreds, and they come and go. An overlay is told where it is the root;
    elsewhere what is written to it is seen in its upper layer.
    """
    nearest: dict[str, Mount] = {}
    for mount in sorted(found, key=lambda mount: (len(mount.point), mount.point)):
        if mount.kind in REAL_FILE_SYSTEMS | _NOTHING_NEW or (mount.kind == "overlay" and mount.point != "/"):
            continue
        nearest.setdefault(mount.kind, mount)
    return list(nearest.values())
