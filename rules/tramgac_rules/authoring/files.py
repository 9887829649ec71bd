"""Rule files as an author gives them: where they are, and what they are called wherever their rules go."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SIGMA = (".yml", ".yaml")
YARA = (".yar", ".yara")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file. `name` goes into bundles and says nothing of the author's machine; `path`, as given, into problems.

    A name is the path below the folder that was given (with /), or the file's own name; names differ.
    """

    name: str
    path: Path


def rule_files(paths: Sequence[Path], suffixes: tuple[str, ...] = SIGMA) -> Iterator[RuleFile]:
    """Yield the files given, and those below folders that have one of the suffixes, in the order of names; each once.

    OSError if a path cannot be opened.
    """
    seen: set[Path] = set()
    taken: set[str] = set()
    for path in paths:
        for name, file in _below(path, suffixes):
            if (real := file.resolve()) in seen:
                continue
            seen.add(real)
            unique, number = name, 1
            while unique in taken:
                number += 1
                unique = f"{name}~{number}"
            taken.add(unique)
            yield RuleFile(unique, file)


def _below(path: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    os.listdir(path)  # noqa: PTH208 - an unreadable folder is an error, not an empty one
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in suffixes and file.is_file():
            yield file.relative_to(path).as_posix(), file
