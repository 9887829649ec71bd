"""What `tramgac rules check|sign|push` do on the author's machine, without a collector."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tramgac_rules.authoring import Bundle, Problem, Seen

_YARA: Final = frozenset({".yar", ".yara"})
_LEVEL: Final = 9  # of compression: digests hardly shrink, names do


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check: how many rules are good, and everything there is to say.

    `indicators`: how many different ones lists gave, None where no list was given; `duplicates`: how many more entries.
    """

    rules: int
    problems: tuple[Problem, ...]
    indicators: int | None = None
    duplicates: int = 0

    @property
    def errors(self) -> int:
        """How many problems left a rule or an indicator out."""
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of a signing; `version` is None if errors stopped it. `kept`: the indicators stayed as they were."""

    version: int | None
    checked: Checked
    kept: bool = False


def check(paths: Sequence[Path], lists: Sequence[Path] = ()) -> Checked:
    """Compile rules and read lists of indicators as `sign` would, and throw the result away.

    Raises Failed if a path cannot be read.
    """
    checked = _built(paths, version=1, marked="")[1]
    return _with_lists(checked, lists)[0] if lists else checked


def sign(
    paths: Sequence[Path],
    repository: Path,
    keys: Path,
    *,
    marked: str,
    skip_faulty: bool,
    lists: Sequence[Path] = (),
    keep: bool = True,
) -> Signed:
    """Compile and sign rules into a repository, with the indicators of lists.

    Without lists: with those that the repository has, unless `keep` is false. Raises Failed: unreadable paths, keys
    or repository, too many indicators.
    """
    from tramgac_rules import authoring
    from tramgac_rules.errors import RulesError

    try:
        version = authoring.next_version(repository)
        bundle, checked = _built(paths, version=version, marked=marked)
        indicators: bytes | None = None if keep else b""
        if lists:
            checked, indicators = _with_lists(checked, lists)
        if checked.errors and not skip_faulty:
            return Signed(None, checked)
        authoring.sign(repository, keys, bundle.bundle, bundle.sources, indicators=indicators)
        return Signed(version, checked, kept=indicators is None and authoring.has_indicators(repository))
    except (RulesError, OSError) as error:
        raise Failed(str(error)) from error


def _with_lists(checked: Checked, lists: Sequence[Path]) -> tuple[Checked, bytes]:
    """Return a check with what is to say of lists, and their indicators as a target has them."""
    from backports import zstd
    from tramgac_rules import authoring
    from tramgac_rules.errors import RulesError

    try:
        found = authoring.gather(lists)
    except (RulesError, OSError) as error:
        raise Failed(str(error)) from error
    problems, count = (*checked.problems, *found.problems), sum(found.counts.values())
    packed_ = zstd.compress(found.data, level=_LEVEL) if found.data else b""
    return Checked(checked.rules, problems, count, found.duplicates), packed_


def packed(repository: Path) -> bytes:
    """Give what is in force of a signed repository as a zip: `metadata/...` and `targets/...`.

    Raises Failed if it is none.
    """
    if not (repository / "metadata").is_dir():
        raise Failed(f"{repository} holds no signed content (no folder metadata): make it with `tramgac rules sign`")
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:  # its big parts are compressed already
            for file in sorted(_files(repository)):
                archive.write(file, file.relative_to(repository))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failed(f"{repository} is not whole ({error!r}): bring it back from a copy, or sign anew") from error
    return target.getvalue()


def _files(repository: Path) -> Iterator[Path]:
    """Yield the roots of trust, the newest metadata and the targets that it names; older ones are of no use."""
    metadata = repository / "metadata"
    yield from metadata.glob("*root.json")
    yield metadata / "timestamp.json"
    timestamp = json.loads((metadata / "timestamp.json").read_bytes())
    yield (snapshot := metadata / f"{timestamp['signed']['meta']['snapshot.json']['version']:d}.snapshot.json")
    version = json.loads(snapshot.read_bytes())["signed"]["meta"]["targets.json"]["version"]
    yield (targets := metadata / f"{version:d}.targets.json")
    for name, told in json.loads(targets.read_bytes())["signed"]["targets"].items():
        yield repository / "targets" / f"{told['hashes']['sha256']}.{name}"


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
