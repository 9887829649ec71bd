"""Rule files as an author gives them: where they are, and what they are called wherever their rules go."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.words import Say

SIGMA = (".yml", ".yaml")
YARA = (".yar", ".yara")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file. `name` goes into bundles and says nothing of the author's machine; `path`, as given, into problems.

    A name is the path below the folder that was given (with /), or the file's own name; names differ.
    `given`: someone named this very file.
    """

    name: str
    path: Path
    given: bool = False


def rule_files(paths: Sequence[Path], suffixes: tuple[str, ...] = SIGMA) -> Iterator[RuleFile]:
    """Yield the files given, and those below folders that have one of the suffixes, in the order of names; each once.

    OSError if a path cannot be opened.
    """
    seen: set[str] = set()
    taken: set[str] = set()
    for path in paths:
        for name, file in _below(path, suffixes):
            if (real := os.path.realpath(file)) in seen:
                continue
            seen.add(real)
            unique, number = name, 1
            while unique in taken:
                number += 1
                unique = f"{name}~{number}"
            taken.add(unique)
            yield RuleFile(unique, file, given=file is path)


def read(file: RuleFile) -> str | Problem:
    """Return a file's text, or why there is none: it is not UTF-8, or lies below a folder and cannot be opened.

    OSError if it was itself given and cannot be opened.
    """
    path = str(file.path)
    try:
        content = file.path.read_bytes()
    except OSError as error:
        if file.given:
            raise OSError(error.errno, error.strerror, path) from error  # reading alone names no path
        said = Say.UNREADABLE.of(why=error.strerror)
        return Problem(path, 1, 1, "error", "unreadable", said, Say.LOOK_AT_OWNER.of())
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        return Problem(path, line, column, "error", "encoding", Say.NO_UTF8.of(), Say.SAVE_AS_UTF8.of())


def _below(path: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    found = [Path(folder, name) for folder, _, names in os.walk(path, onerror=_fail) for name in names]
    for file in sorted(found):
        if file.suffix.lower() in suffixes and file.is_file():
            yield file.relative_to(path).as_posix(), file


def _fail(error: OSError) -> None:
    """An unreadable folder is an error, not an empty one."""
    raise error
