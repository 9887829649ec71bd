"""`./dev test [--slow] [PYTEST ARGUMENTS]`: installs what the tests need, runs pytest on two workers a core.

Many tests wait for a process, a browser or a clock: on two cores four workers took the least, six more again.

Which file is run when and where: tests/conftest.py.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this file is run as a program

from tests.tools import browser  # noqa: E402

# Debian packages that tests and lanes use, and the program that shows one is there.
BROWSER = "chromium-headless-shell"
PACKAGES = {
    BROWSER: browser.PROGRAMS,
    "xfsprogs": ("mkfs.xfs",),
    "iproute2": ("ip",),
    "nftables": ("nft",),
    "libbpf1": (),
}


def missing() -> list[str]:
    """Packages to install; a library counts as there when the loader finds it."""
    found = [name for name, programs in PACKAGES.items() if programs and not any(map(shutil.which, programs))]
    if browser.NAMED in os.environ and BROWSER in found:
        found.remove(BROWSER)
    try:
        import ctypes

        ctypes.CDLL("libbpf.so.1")
    except OSError:
        found.append("libbpf1")
    return found


def install() -> None:
    """Get the Debian packages where that is possible; where not, the tests say what they skip."""
    wanted = missing()
    if not wanted or not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"test: installing {' '.join(wanted)} ...", file=sys.stderr)
    _get("update")
    for name in wanted:
        if name != BROWSER:
            _get("install", "-y", "--no-install-recommends", name)
        elif not _get("install", "-y", "--no-install-recommends", name):
            _get("install", "-y", "--no-install-recommends", "chromium")  # where a system has none without windows


def _get(*words: str) -> bool:
    command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *words]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode == 0


def main(arguments: list[str]) -> int:
    """Pytest's exit status."""
    environment = dict(os.environ)
    lanes = ["-m", "not slow"]
    if "--slow" in arguments:
        arguments.remove("--slow")
        lanes = ["-m", ""]
        environment["TRAMGAC_TEST_EXAMPLES"] = "5"
    install()
    workers = str(2 * (os.cpu_count() or 1))
    command = [sys.executable, "-m", "pytest", "-n", workers, *lanes, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
