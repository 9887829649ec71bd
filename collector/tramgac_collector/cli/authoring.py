"""What `tramgac rules check|sign|push` do on the author's machine, without a collector."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tramgac_rules.authoring import Bundle, Problem, Seen

_YARA: Final = frozenset({".yar", ".yara"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check: how many rules are good, and everything there is to say."""

    rules: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems left a rule out."""
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a signing; `version` is None if errors stopped it."""

    version: int | None
    checked: Checked


def check(paths: Sequence[Path]) -> Checked:
    """Compile rules as `sign` would, and throw the result away. Raises Failed if a path cannot be read."""
    return _built(paths, version=1, marked="")[1]


def sign(paths: Sequence[Path], repository: Path, keys: Path, *, marked: str, skip_faulty: bool) -> Signed:
    """Compile and sign rules into a repository. Raises Failed: unreadable paths, keys or repository."""
    from tramgac_rules import authoring
    from tramgac_rules.errors import RulesError

    try:
        version = authoring.next_version(repository)
        bundle, checked = _built(paths, version=version, marked=marked)
        if checked.errors and not skip_faulty:
            return Signed(None, checked)
        return Signed(authoring.sign(repository, keys, bundle.bundle, bundle.sources), checked)
    except (RulesError, OSError) as error:
        raise Failed(str(error)) from error


def packed(repository: Path) -> bytes:
    """Give a signed repository as a zip: `metadata/...` and `targets/...`. Raises Failed if it is none."""
    if not (repository / "metadata").is_dir():
        raise Failed(f"{repository} holds no signed content (no folder metadata): make it with `tramgac rules sign`")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:  # its big parts are compressed already
        for file in sorted(_files(repository)):
            archive.write(file, file.relative_to(repository))
    return target.getvalue()


def _files(repository: Path) -> Iterator[Path]:
    for folder in ("metadata", "targets"):
        yield from (file for file in (repository / folder).rglob("*") if file.is_file())


def _built(paths: Sequence[Path], *, version: int, marked: str) -> tuple[Bundle, Checked]:
    from tramgac_rules import authoring

    sigma = [path for path in paths if path.suffix not in _YARA]
    yara = [path for path in paths if path.is_dir() or path.suffix in _YARA]
    try:
        bundle = authoring.build_bundle(sigma, yara, version, marked=marked, lens=compiled)
    except OSError as error:
        raise Failed(str(error)) from error
    return bundle, Checked(bundle.rules, bundle.problems)


def compiled(sources: Mapping[str, str]) -> Seen:
    """Compile YARA sources (texts by name) in the confined child; those with faults are tried no further."""
    from tramgac_rules.authoring import Seen
    from tramgac_scan.client import YaraSource, inspect

    left = [YaraSource(name, text) for name, text in sources.items()]
    problems: list[tuple[str, int, str]] = []
    while left:
        seen = inspect(left)
        if not seen.problems:
            return Seen(tuple(problems), seen.content_only)
        problems += [(problem.path, problem.line, problem.message) for problem in seen.problems]
        faulty = {problem.path for problem in seen.problems}
        left = [source for source in left if source.path not in faulty]
    return Seen(tuple(problems))
