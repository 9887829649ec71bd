r"""What one value stands for before it is compared: values put in for placeholders, dashes in every way to write them.

Placeholders are %name%, with a backslash before the percent sign where it is a plain one (Sigma specification 2.1,
"Placeholders"). The dashes that `windash` takes are those that begin a word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod

from sigma.types import SigmaString, SpecialChars

from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.sizes import MAX_CHARACTERS
from tramgac_rules.authoring.words import Say

Placeholders = Mapping[str, Sequence[str]]
"""Name of a placeholder -> the values of the site, texts as a rule may have them, with wildcards."""
MAX_ALTERNATIVES = 10_000  # of one value: with more of them a list of indicators serves better
_DASHES = "-/\u2013\u2014\u2015"
_DASH = re.compile(rf"\B[{_DASHES}]\b")
_PLACE = re.compile(r"\\\\|\\%|%([^%\\]+)%")
_PLAIN = re.compile(r"(?<!\\)(?:\\\\)*\\%[^%\\]+%")


class AlternativesError(Exception):
    """A value cannot be spread out; `advice` says how to mend it."""

    def __init__(self, message: str, advice: str) -> None:
        """Say what is wrong and how to mend it."""
        super().__init__(message)
        self.what = message
        self.advice = advice


def expanded(text: str, known: Placeholders, *, regex: bool = False) -> list[str]:
    """Return a text, or a regular expression, with the values of its placeholders put in. Raises AlternativesError."""
    pieces: list[Sequence[str]] = []
    end = 0
    for found in _PLACE.finditer(text):
        pieces.append((text[end : found.start()],))
        name = found.group(1)
        plain = found.group() if found.group() == "\\\\" else "%"
        pieces.append((plain,) if name is None else [_value(value, regex=regex) for value in _known(name, known)])
        end = found.end()
    pieces.append((text[end:],))
    return _spread(pieces)


def hides_placeholder(text: str) -> bool:
    r"""Tell whether a backslash makes plain text of what would be a placeholder: `C:\%name%` means `C:%name%`."""
    return _PLAIN.search(text) is not None


def dashed(text: str) -> list[str]:
    """Return a text with the dashes that begin a word in all ways to write them. Raises AlternativesError."""
    pieces: list[Sequence[str]] = []
    for part in SigmaString(text).s:
        if not isinstance(part, str):
            pieces.append(("*" if part is SpecialChars.WILDCARD_MULTI else "?",))
            continue
        end = 0
        for found in _DASH.finditer(part):
            pieces += ((_written(part[end : found.start()]),), _DASHES)
            end = found.end()
        pieces.append((_written(part[end:]),))
    return _spread(pieces)


def _spread(pieces: Iterable[Sequence[str]]) -> list[str]:
    pieces = list(pieces)
    count = prod(map(len, pieces))
    if count > MAX_ALTERNATIVES:
        raise AlternativesError(Say.MANY_VALUES.of(count=count, most=MAX_ALTERNATIVES), Say.SPLIT_VALUE.of())
    if count * sum(max(map(len, texts), default=0) for texts in pieces) > MAX_CHARACTERS:
        raise AlternativesError(Size.MUCH_TEXT.of(most=MAX_CHARACTERS), Say.SPLIT_VALUE.of())
    return ["".join(made) for made in product(*pieces)]


def _known(name: str, known: Placeholders) -> Sequence[str]:
    if name in known:
        return known[name]
    near = did_you_mean(name, known)
    raise AlternativesError(Say.NO_PLACEHOLDER.of(name=name), near or Say.GIVE_PLACEHOLDER.of(name=name))


def _value(text: str, *, regex: bool) -> str:
    """Return a placeholder's value so that nothing that stands before or after it changes it."""
    as_regex: Mapping[object, str] = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    as_text: Mapping[object, str] = {SpecialChars.WILDCARD_MULTI: "*", SpecialChars.WILDCARD_SINGLE: "?"}
    special, plain = (as_regex, re.escape) if regex else (as_text, _written)
    return "".join(plain(part) if isinstance(part, str) else special[part] for part in SigmaString(text).s)


def _written(text: str) -> str:
    """Return plain text as a rule writes it: every backslash and wildcard escaped."""
    return re.sub(r"[\\*?]", r"\\\g<0>", text)
