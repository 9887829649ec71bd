"""One numbered set of content: rules of both kinds, their sources, policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_rules.authoring.problems import Problem


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle ready to be signed: both parts zstd of JSON."""

    bundle: bytes
    sources: bytes
    problems: tuple[Problem, ...]


def build_bundle(sigma: Sequence[Path], yara: Sequence[Path], version: int, *, marked: str = "") -> Bundle:
    """Compile rule files into a bundle. `marked`: "demo" where the signing key is a demonstration's."""
    raise NotImplementedError
