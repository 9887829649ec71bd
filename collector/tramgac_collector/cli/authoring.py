"""What `tramgac rules check|sign|push` do on the author's machine, without a collector."""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.errors import Failed
from tramgac_collector.cli.problems import worded
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from tramgac_rules.authoring import Bundle, Problem, Seen

_YARA: Final = frozenset({".yar", ".yara"})
_LEVEL: Final = 9  # of compression: digests hardly shrink, names do


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check: how many Sigma rules and YARA files are good, and everything there is to say.

    `indicators`: how many different ones lists gave, None where no list was given; `duplicates`: how many more entries.
    """

    rules: int
    yara: int
    problems: tuple[Problem, ...]
    indicators: int | None = None
    duplicates: int = 0
    watched: int = 0
    """Rules that begin under watch."""
    correlations: int = 0
    """Of rules, beside them."""
    bundle: Bundle | None = None
    """What was built."""

    @property
    def good(self) -> int:
        """How many rules and files there are to act on."""
        return self.rules + self.correlations + self.yara

    @property
    def errors(self) -> int:
        """How many problems left a rule or an indicator out."""
        return self.of("error")

    def of(self, severity: str) -> int:
        """How many problems have a severity."""
        return sum(problem.severity == severity for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a signing; `version` is None if errors stopped it.

    `new_key`: where a key was made for it; `kept`: the indicators of the version before stayed as they were.
    """

    version: int | None
    checked: Checked
    new_key: Path | None = None
    kept: bool = False


def check(paths: Sequence[Path], lists: Sequence[Path] = ()) -> Checked:
    """Compile rules and read lists of indicators as `sign` would; nothing is written.

    Raises Failed if a path cannot be read.
    """
    with _failing():
        bundle, checked = _built(paths, version=1, marked="")
        checked = replace(checked, bundle=bundle)
        return _with_lists(checked, lists)[0] if lists else checked


def sign(
    paths: Sequence[Path],
    repository: Path,
    keys: Path,
    *,
    marked: str,
    skip_faulty: bool,
    allow_none: bool = True,
    lists: Sequence[Path] = (),
    keep: bool = True,
) -> Signed:
    """Compile and sign rules into a repository, with the indicators of lists.

    `allow_none`: sign content without any rule too, which leaves whoever takes it without rules. Without lists: with
    the indicators that the repository has, unless `keep` is false. Dictionaries for batches (linux.dictionary,
    windows.dictionary) are those that lie in the folders of the rules, else those that the repository has. Raises
    Failed: unreadable paths, keys or repository, too many indicators, a dictionary that is none.
    """
    from tramgac_rules import authoring

    with _failing():
        version = authoring.next_version(repository)
        bundle, checked = _built(paths, version=version, marked=marked)
        indicators: bytes | None = None if keep else b""
        if lists:
            checked, indicators = _with_lists(checked, lists)
        if (checked.errors and not skip_faulty) or not (checked.good or allow_none):
            return Signed(None, checked)
        key = keys / authoring.KEY
        known = key.exists()
        parts, further = (bundle.bundle, bundle.about, bundle.sources), _dictionaries(paths)
        done = authoring.sign(repository, keys, *parts, indicators=indicators, dictionaries=further)
        kept = indicators is None and authoring.has_indicators(repository)
    return Signed(done, checked, None if known else key, kept=kept)


def _dictionaries(paths: Sequence[Path]) -> dict[str, bytes] | None:
    """Read the dictionaries in folders by their targets' names; None if there is none. Raises Failed."""
    from tramgac_wire.content import SYSTEMS, dictionary_name
    from tramgac_wire.dictionary import Dictionary
    from tramgac_wire.errors import ContentError

    found: dict[str, bytes] = {}
    for name in map(dictionary_name, SYSTEMS):
        for file in (file for path in paths if path.is_dir() for file in sorted(path.rglob(name))):
            try:
                found[name] = Dictionary(file.read_bytes()).content
            except ContentError as error:
                raise Failed(say(Word.NO_DICTIONARY, path=file, why=error)) from error
    return found or None


def valid_until(repository: Path) -> datetime:
    """Give the time from which on nobody takes the newest content of a repository. Raises Failed if it is none."""
    from tramgac_rules import authoring

    _require(repository)
    with _failing():
        return authoring.valid_until(repository)


def _with_lists(checked: Checked, lists: Sequence[Path]) -> tuple[Checked, bytes]:
    """Return a check with what is to say of lists, and their indicators as a target has them."""
    from backports import zstd
    from tramgac_rules import authoring

    found = authoring.gather(lists)
    problems, count = (*checked.problems, *found.problems), sum(found.counts.values())
    compressed = zstd.compress(found.data, level=_LEVEL) if found.data else b""
    return replace(checked, problems=problems, indicators=count, duplicates=found.duplicates), compressed


def packed(repository: Path) -> bytes:
    """Give what a signed repository has in force as a zip: `metadata/...` and `targets/...`.

    Raises Failed if it is no repository, or not whole.
    """
    from tramgac_rules import authoring

    _require(repository)
    target = io.BytesIO()
    # Its big parts are compressed already; a file's time may be from before zip's first year.
    with _failing(), zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for file in authoring.needed(repository):
            archive.write(file, file.relative_to(repository))
    return target.getvalue()


def _require(repository: Path) -> None:
    if not (repository / "metadata").is_dir():
        raise Failed(say(Word.NO_REPOSITORY, path=repository))


@contextmanager
def _failing() -> Iterator[None]:
    """Turn what keys, repository or operating system refuse into Failed, with the path and how to mend it."""
    from tramgac_rules.errors import RulesError

    try:
        yield
    except RulesError as error:
        raise Failed(worded(error.args[0])) from error
    except OSError as error:
        raise Failed(say(Word.CANNOT_USE, path=error.filename or "?", why=error.strerror or error)) from error


def _built(paths: Sequence[Path], *, version: int, marked: str) -> tuple[Bundle, Checked]:
    from tramgac_rules import authoring

    sigma = [path for path in paths if path.is_dir() or path.suffix.lower() not in _YARA]
    yara = [path for path in paths if path.is_dir() or path.suffix.lower() in _YARA]
    bundle = authoring.build_bundle(sigma, yara, version, marked=marked, lens=compiled)
    return bundle, Checked(
        bundle.rules, bundle.yara, bundle.problems, watched=bundle.watched, correlations=bundle.correlations
    )


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
