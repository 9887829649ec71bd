"""Rule files to the compiled form."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_rules.authoring.problems import Problem


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of rule files: the rules that are good, and everything there is to say."""

    pack: dict[str, object]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that left a rule out."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def compile_rules(paths: Sequence[Path]) -> Compiled:
    """Compile files and folders (recursive, *.yml and *.yaml). OSError if a path cannot be opened."""
    raise NotImplementedError
