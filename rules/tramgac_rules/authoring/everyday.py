"""What machines show all day: how often the literals of rules occur in it, so that rules are looked for by rare ones.

everyday.json.zst is a sample of ordinary values by Sigma's field names, `{field: {value: count}}`: programs of the
system and of its makers in recordings of the Open Threat Research Forge (see NOTICE). It has no say in what is met.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick
from backports import zstd

from tramgac_rules.operators import END, START
from tramgac_rules.plan import Literal, literals_of, searchable
from tramgac_rules.tree import Atom

_LEAST = 2  # occurrences in the sample that count; once may be chance


@cache
def _sample() -> dict[str, dict[str, int]]:
    data = files(__package__).joinpath("everyday.json.zst").read_bytes()
    sample: dict[str, dict[str, int]] = json.loads(zstd.decompress(data))
    return sample


def common(atoms: Iterable[Atom]) -> dict[Literal, int]:
    """Return which literals of atoms are common, in events per thousand that have the field."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for atom in atoms:
        if atom.field in _sample():
            wanted[atom.field].update(*literals_of(atom))
    return {
        (field, literal): share
        for field, literals in wanted.items()
        for literal, share in _shares(_sample()[field], sorted(literals))
    }


def _shares(values: dict[str, int], literals: list[str]) -> list[tuple[str, int]]:
    automaton = AhoCorasick(literals)
    counts: Counter[int] = Counter()
    for value, count in values.items():
        found = automaton.find_matches_as_indexes(f"{START}{searchable(value)}{END}", overlapping=True)
        for index in {match[0] for match in found}:
            counts[index] += count
    total = sum(values.values())
    return [(literals[i], max(1, 1000 * n // total)) for i, n in sorted(counts.items()) if n >= _LEAST]
