"""Sources of rules for tests: a small set as SigmaHQ has it, as a folder and as archives."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

LICENCE = b"The rules are released under the [Detection Rule License (DRL) 1.1](https://example.org/drl)\n"
COMMIT = "8eaafff1f0" * 4

RULE = """title: Rule {n}
id: 00000000-0000-4000-8000-{n:012d}
status: {status}
author: Somebody
level: high
tags: [{tag}]
logsource: {{category: process_creation, product: linux}}
detection:
  selection:
    Image|endswith: /tool{n}
  condition: selection   # the author's own spaces
"""


def rule(n: int, *, status: str = "test", tag: str = "attack.t1059") -> bytes:
    """A rule as its author wrote it."""
    return RULE.format(n=n, status=status, tag=tag).encode()


def small() -> dict[str, bytes]:
    """A checkout: rules of each sort, one that is broken, one that its author gave up, and what is no rule."""
    return {
        "LICENSE": LICENCE,
        "README.md": b"# Rules\n",
        "rules/linux/one.yml": rule(1),
        "rules/linux/two.yml": rule(2, status="experimental"),
        "rules/linux/broken.yml": rule(3).replace(b"endswith", b"endswit"),
        "rules/linux/over.yml": rule(4, status="deprecated"),
        "rules-threat-hunting/five.yml": rule(5, tag="detection.threat-hunting"),
        "deprecated/six.yml": rule(6),
        "tests/thor.yml": b"a: b\n",
        ".github/workflow.yml": b"on: push\n",
        "other.yml": b"nothing: here\n",
    }


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def zipped(path: Path, files: Mapping[str, bytes], *, comment: str = "") -> Path:
    """Write files into a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment.encode()
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, files: Mapping[str, bytes], *, mode: str = "w:gz", comment: str = "") -> Path:
    """Write files into a tar."""
    headers = {"comment": comment} if comment else {}
    with tarfile.open(path, mode, format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def link(name: str, to: str) -> tarfile.TarInfo:
    """A member of a tar that is a symbolic link."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname = tarfile.SYMTYPE, to
    return made
