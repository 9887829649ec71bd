"""What fuzzing starts from and what it once found: readers tell it, or take it. `./dev lab fuzz` looks for more."""

import random

import pytest

from tests.lab.fuzz import mutated
from tests.lab.fuzzing import FINDS, TARGETS, seeds
from tests.tools.examples import examples


@pytest.mark.parametrize("path", sorted(FINDS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_finds_of_before(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_a_few_mutations(name):
    given = list(seeds(name))
    chance = random.Random()
    for data in [*given, *(mutated(chance, given) for _ in range(examples(60)))]:
        try:
            TARGETS[name](data)
        except BaseException:
            print(f"keep this in {FINDS / name}: {data!r}")  # noqa: T201 - pytest shows it with the failure
            raise
