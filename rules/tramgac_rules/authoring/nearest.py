"""Which known name an author may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from tramgac_rules.authoring.words import Say

WORDS, NAMES = 0.6, 0.8
"""How alike is near: among a few words; among names that hold each other (ParentImage is no misspelt Image)."""


def did_you_mean(word: str, known: Iterable[str], alike: float = WORDS) -> str:
    """Return "Did you mean 'x'?" with the known name nearest to a word, "" if none is near. Case does not count.

    `alike`: the share of letters in common that counts as near, 0 to 1.
    """
    names = {name.lower(): name for name in sorted(known)}
    near = get_close_matches(word.lower(), names, n=1, cutoff=alike)
    return Say.DID_YOU_MEAN.of(name=names[near[0]]) if near else ""
