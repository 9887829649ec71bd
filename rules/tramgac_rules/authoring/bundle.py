"""One numbered set of content: rules of both kinds, their sources, policy."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backports import zstd

from tramgac_rules.authoring.compile import compile_rules, rule_files
from tramgac_rules.authoring.problems import Problem

FORMAT = 1
_LEVEL = 19  # of compression: signed once, fetched by every host
_YARA = (".yar", ".yara")
# What YARA rules may ask about a file beside its content; a rule that does must be where the file is.
_OUTSIDE = re.compile(r"\b(?:filename|filepath|extension|filetype|owner)\b")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle ready to be signed: both parts are zstd of JSON. `rules`: how many Sigma rules are in it."""

    bundle: bytes
    sources: bytes
    problems: tuple[Problem, ...]
    rules: int


def build_bundle(sigma: Sequence[Path], yara: Sequence[Path], version: int, *, marked: str = "") -> Bundle:
    """Compile rule files into a bundle; YARA files (*.yar, *.yara) go in as they are.

    OSError if a path cannot be opened.

    `marked`: "demo" where the signing key is a demonstration's.
    """
    compiled = compile_rules(sigma)
    rules = compiled.pack["rules"]
    files = [{"path": name, "source": text, "content_only": not _OUTSIDE.search(text)} for name, text in _texts(yara)]
    bundle = {
        "format": FORMAT,
        "version": version,
        "marked": marked,
        "sigma": compiled.pack,
        "yara": files,
        "policy": {},
    }
    sources = {name: file.read_bytes().decode("utf-8-sig", "replace") for name, file in rule_files(sigma)}
    sources |= {str(file["path"]): str(file["source"]) for file in files}
    count = len(rules) if isinstance(rules, list) else 0
    return Bundle(_packed(bundle), _packed(sources), compiled.problems, count)


def _texts(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield name and text of every YARA file."""
    for path in paths:
        files = [path]
        if path.is_dir():
            os.listdir(path)  # noqa: PTH208 - an unreadable folder is an error, not an empty one
            files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _YARA and file.is_file())
        for file in files:
            yield str(file), file.read_text("utf-8-sig", "replace")


def _packed(data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return zstd.compress(text.encode("utf-8", "replace"), level=_LEVEL)
