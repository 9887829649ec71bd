"""A small Debian of its own for `./dev lab benign`: a tmpfs, a control group, namespaces. Not a lane itself.

    python benign_place.py ROOT CGROUP HOSTNAME PROGRAM [ARGUMENT ...]

runs a program in it, as the first process of new mount, process, name and message namespaces. Its packages come from
where this machine's come from; nothing of this machine is in it but the name server, package sources and certificates.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from tests.lab.rows import note
from tests.lab.whole import NotHereError

HOST_NAME = "may-tram-01"
SCRIPTS = "/usr/local/lib/ordinary"
SIZE = "7g"
# What the package managers there need to reach what the ones here reach, beside settings and sources of apt.
AS_HERE = ("etc/resolv.conf", "etc/pip.conf")
APT = Path("/etc/apt")
CERTIFICATES, OWN_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/bundle.pem"
_NEW_NAMESPACES = 0x00020000 | 0x20000000 | 0x04000000 | 0x08000000  # mount, process, name, message: clone(2)
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE: mount(2)
_FIRST = ("apt-utils", "bash", "ca-certificates", "cron", "procps", "systemd")
_DEVICES = (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9))
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def place(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The root folder with a Debian in it, and the control group. Raises NotHereError."""
    hierarchy = _hierarchy()
    if os.geteuid() or hierarchy is None or not shutil.which("debootstrap"):
        raise NotHereError("benign: needs root, a version 2 control group and debootstrap")
    root, group = folder / "root", hierarchy / f"tramgac-benign-{os.getpid()}"
    root.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tramgac-benign", str(root)], check=True)
    group.mkdir()
    try:
        note("benign: debootstrap")
        _debian(root, folder / "debootstrap.log")
        yield root, group
    finally:
        (group / "cgroup.kill").write_text("1")
        deadline = time.monotonic() + 5
        while group.exists() and time.monotonic() < deadline:
            time.sleep(0.1)  # the last process is still on its way out
            with contextlib.suppress(OSError):
                group.rmdir()
        subprocess.run(["umount", "--lazy", str(root)], check=True)


def _hierarchy() -> Path | None:
    from tramgac_agent.sensors.linux import cgroups

    return cgroups.hierarchy()


def _debian(root: Path, log: Path) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(_FIRST)}", "bookworm", str(root)]
    with log.open("wb") as out:
        subprocess.run(command, stdout=out, stderr=out, check=True, timeout=900)
    for name in AS_HERE:
        if (source := Path("/") / name).exists():
            shutil.copy(source, root / name)
    _apt(root / "etc/apt")
    shutil.copy(CERTIFICATES, root / OWN_CERTIFICATES[1:])
    if (pip := root / "etc/pip.conf").exists():
        pip.write_text(pip.read_text().replace(CERTIFICATES, OWN_CERTIFICATES))
    # Packages must not start their services: there are none of a system here, and the ports are this machine's.
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.copytree(Path(__file__).parent / "ordinary", root / SCRIPTS[1:])
    (root / "etc/hostname").write_text(HOST_NAME + "\n")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost {HOST_NAME}\n")


def _apt(target: Path) -> None:
    """Sources and settings of this machine, those that no package brought, under names that say nothing of it."""
    sources = [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*.*"))]
    known = [source for source in sources if source.exists() and source.suffix in {".list", ".sources"}]
    (target / "sources.list").unlink(missing_ok=True)
    for number, source in enumerate(known, 1):
        shutil.copy(source, target / f"sources.list.d/here{number}{source.suffix}")
    for number, setting in enumerate(sorted((APT / "apt.conf.d").iterdir()), 1):
        if subprocess.run(["dpkg", "-S", str(setting)], capture_output=True, check=False).returncode:
            shutil.copy(setting, target / f"apt.conf.d/90here{number}")


def _checked(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(kind: str, target: Path, options: str = "") -> None:
    target.mkdir(exist_ok=True)
    _checked(_LIBC.mount(kind.encode(), bytes(target), kind.encode(), 0, options.encode()), f"mount {target}")


def _furnish(root: Path) -> None:
    """The kernel's own views and devices, on file systems of their own: files there are no files."""
    _mount("proc", root / "proc")
    _mount("sysfs", root / "sys")
    _mount("tmpfs", root / "dev", "mode=0755")
    for name, minor in _DEVICES:
        os.mknod(root / "dev" / name, 0o20666, os.makedev(1, minor))
        (root / "dev" / name).chmod(0o666)
    os.mknod(root / "dev/tty", 0o20666, os.makedev(5, 0))
    _mount("devpts", root / "dev/pts", "newinstance,ptmxmode=0666,mode=0620")
    _mount("tmpfs", root / "dev/shm", "mode=1777")
    for link, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0")):
        (root / "dev" / link).symlink_to(target)


def enter(root: Path, group: Path, host: str, command: list[str]) -> int:
    """Run a command there as the first process; its exit status."""
    entrance = os.open(group / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
    _checked(_LIBC.unshare(_NEW_NAMESPACES), "unshare")
    child = os.fork()
    if not child:
        _become(root, entrance, host, command)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(root: Path, entrance: int, host: str, command: list[str]) -> NoReturn:
    """Turn into the first process; the control group is entered last, so that none of this is seen."""
    _checked(_LIBC.mount(None, b"/", None, _PRIVATE, None), "mount /")
    _furnish(root)
    socket.sethostname(host)
    os.write(entrance, b"0")
    os.chroot(root)
    os.chdir("/root")
    certificates = dict.fromkeys(("PIP_CERT", "NODE_EXTRA_CA_CERTS", "npm_config_cafile"), OWN_CERTIFICATES)
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    os.execve(command[0], command, {**environment, "LANG": "C.UTF-8", "TERM": "dumb", **certificates})


if __name__ == "__main__":
    there, watched, name, *program = sys.argv[1:]
    sys.exit(enter(Path(there), Path(watched), name, program))
