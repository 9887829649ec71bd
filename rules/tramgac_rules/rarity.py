"""How likely a literal is in what machines do all day: rules are looked for by what is rare."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tramgac_rules.operators import END, START
from tramgac_rules.plan import Literal, literals_of
from tramgac_rules.tree import Node, atoms

_LONG = 12  # characters from which a text is as rare as longer ones
_UNSEEN = 0.05  # of that likelihood, where there is a sample of the field and the text is not in it
_OFTEN = 0.3  # likelihood of a text of one character that nothing else is known of


class Rarity:
    r"""Likelihood of literals: as a sample of ordinary events has it, guessed for what it does not know.

    The guess: long texts are rare, and those that few rules name. What many name (`\powershell.exe`) is what
    machines run all day.
    """

    def __init__(self, nodes: Iterable[Node], common: Mapping[Literal, int]) -> None:
        """Look at the rules of a class; `common`: events per thousand in which a literal was seen."""
        self._named: Counter[Literal] = Counter()
        self._common = common
        self._sampled = {field for field, _ in common}
        self._known: dict[Literal, float] = {}
        for node in nodes:
            named = ((atom.field, text) for atom in atoms(node) for texts in literals_of(atom) for text in texts)
            self._named.update({(field, text.strip(START + END)) for field, text in named})

    def __call__(self, literal: Literal) -> float:
        """Return how likely a literal is, 0 to 1."""
        likely = self._known.get(literal)
        if likely is None:
            likely = self._known[literal] = self._reckoned(literal)
        return likely

    def _reckoned(self, literal: Literal) -> float:
        field, text = literal
        bare = text.strip(START + END)
        named = max(1, self._named[field, bare])
        guess: float = _OFTEN * named**0.5 / 2 ** min(len(bare), _LONG)
        unseen = _UNSEEN if field in self._sampled else 1.0
        return min(1.0, self._common.get(literal, 0) / 1000 + guess * unseen)
