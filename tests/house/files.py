"""What the house rules look at: every file of ours that is there, and which source file has which test file."""

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Room -> its source below the room; tests/ROOM mirrors it.
PACKAGES = {
    "proto/tramgac_proto": "proto",
    "proto/tramgac_wire": "wire",
    "rules/tramgac_rules": "rules",
    "rules/tramgac_scan": "scan",
    "agent/tramgac_agent": "agent",
    "collector/tramgac_collector": "collector",
    "dashboard/tramgac_dashboard": "dashboard",
}


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every committed or about to be committed file that is there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(ROOT / name for name in listed if (ROOT / name).is_file())


@functools.cache
def product() -> dict[Path, str]:
    """The text of every Python file that is shipped."""
    return {
        path: path.read_text("utf-8")
        for path in tracked()
        if path.suffix == ".py" and any(path.is_relative_to(ROOT / package) for package in PACKAGES)
    }


def mirrored() -> list[tuple[Path, Path]]:
    """Each source file that must have a test file, and where that stands."""
    pairs = []
    for package, tests in PACKAGES.items():
        for path in product():
            if path.is_relative_to(ROOT / package) and "migrations" not in path.parts:
                inside = path.relative_to(ROOT / package)
                if path.name not in {"__init__.py", "__main__.py"}:
                    pairs.append((path, ROOT / "tests" / tests / inside.with_name(f"test_{inside.name}")))
    return pairs


PAGE = ROOT / "dashboard/web/src"
PAGE_TESTS = ROOT / "dashboard/web/test"


def modules_of_the_page() -> tuple[list[str], list[str]]:
    """What of the page Node can run, and what needs a browser: components and hooks."""
    names = [
        path.relative_to(PAGE).as_posix()
        for path in tracked()
        if path.is_relative_to(PAGE) and path.suffix in {".ts", ".tsx"}
    ]
    drawn = [name for name in names if name.endswith(".tsx") or name.rpartition("/")[2].startswith("use")]
    return [name for name in names if name not in drawn], drawn


def called(node: ast.AST) -> str:
    """The last name of what a call calls; empty for anything else."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""
