"""STIX patterns that name a value: comparisons for equality under `or`; what says more is told and left out.

    [file:hashes.'SHA-256' = '...' OR file:hashes.MD5 = '...'] OR [domain-name:value IN ('a.example', 'b.example')]

Under `and`, a file's digest stands for all else that is said of the file; the type of an address that is named too
says nothing more.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tramgac_rules.authoring.indicators.listed import Unusable
from tramgac_rules.authoring.indicators.words import Tell

MAX_PATTERN = 65_536
"""Characters of a pattern."""
MAX_DEPTH = 20
"""Parentheses within each other."""
MAX_ALTERNATIVES = 10_000
"""Values that one pattern may name."""

Comparison = tuple[str, str]
"""Kind of an indicator ("type" for what only names the type of another's value, "" for what is none), and value."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<path>[a-z0-9_-]+:[\w.'*\[\]-]+)"
    r"|(?P<word>[A-Za-z]+)|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>!=|[<>]=?|[=()\[\],]))",
    re.DOTALL,
)
_KINDS: Final[Mapping[str, str]] = {
    **{f"file:hashes.{name}": "sha256" for name in ("sha-256", "sha256")},
    **{f"file:hashes.{name}": "sha1" for name in ("sha-1", "sha1")},
    **{f"file:hashes.{name}": "md5" for name in ("md5", "md-5")},
    **{f"file:hashes.{name}": "imphash" for name in ("imphash", "x_imphash")},
    "file:name": "name",
    "ipv4-addr:value": "address",
    "ipv6-addr:value": "address",
    "network-traffic:dst_ref.value": "address",
    "network-traffic:src_ref.value": "address",
    "network-traffic:dst_ref.type": "type",
    "network-traffic:src_ref.type": "type",
    "domain-name:value": "domain",
    "hostname:value": "hostname",
    "url:value": "url",
}
_DIGESTS = ("sha256", "sha1", "md5", "imphash")  # the surest first


def named(pattern: str) -> tuple[list[Comparison], Unusable | None]:
    """Return the values of which a pattern asks for any, with their kinds, and why some of it was left out.

    Raises Unusable for a pattern that cannot be read.
    """
    if len(pattern) > MAX_PATTERN:
        raise Unusable("pattern", Tell.LONG_PATTERN.of(count=len(pattern), most=MAX_PATTERN))
    found: dict[Comparison, None] = {}
    left_out = None
    for together in _Parser(pattern).parse():
        try:
            found[_one(together)] = None
        except Unusable as error:
            left_out = error
    return list(found), left_out


def _one(together: tuple[Comparison, ...]) -> Comparison:
    """Return the one comparison that stands for several that must hold together. Raises Unusable."""
    said = {comparison for comparison in together if comparison[0] != "type"}
    digests = [comparison for kind in _DIGESTS for comparison in said if comparison[0] == kind]
    if digests:
        return digests[0]
    if len(said) == 1 and (only := next(iter(said)))[0]:
        return only
    raise _richer(Tell.SEVERAL.of())


def _richer(why: str) -> Unusable:
    return Unusable("pattern", Tell.RICHER.of(why=why), Tell.WRITE_RULE_FOR_IT.of(), "info")


class _Parser:
    """Recursive descent; an expression is its alternatives, each of comparisons that hold together."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = self._depth = 0

    def parse(self) -> list[tuple[Comparison, ...]]:
        found = self._either(observation=True)
        kind, word = self._next()
        if word:
            if kind == "word":
                raise _richer(Tell.HAS.of(word=word.upper()))
            raise Unusable("pattern", Tell.UNEXPECTED.of(word=word))
        return found

    def _next(self) -> tuple[str, str]:
        """Return kind and text of the next token, and go past it; empty at the end."""
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ("", "")

    def _takes(self, word: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at][1].upper() == word
        self._at += found
        return found

    def _must(self, sign: str) -> None:
        kind, word = self._next()
        if word != sign:
            if kind == "word":
                raise _richer(Tell.HAS.of(word=word.upper()))
            raise Unusable("pattern", Tell.SIGN_EXPECTED.of(sign=sign, word=word or Tell.ITS_END.of()))

    def _either(self, *, observation: bool) -> list[tuple[Comparison, ...]]:
        part = self._observation if observation else self._both
        found = part()
        while self._takes("OR"):
            found += part()
            if len(found) > MAX_ALTERNATIVES:
                raise Unusable("pattern", Tell.MANY_VALUES.of(most=MAX_ALTERNATIVES))
        return found

    def _within(self, closing: str, *, observation: bool) -> list[tuple[Comparison, ...]]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unusable("pattern", Tell.DEEP_PATTERN.of(most=MAX_DEPTH))
        found = self._either(observation=observation)
        self._depth -= 1
        self._must(closing)
        return found

    def _observation(self) -> list[tuple[Comparison, ...]]:
        if self._takes("("):
            return self._within(")", observation=True)
        self._must("[")
        return self._within("]", observation=False)

    def _both(self) -> list[tuple[Comparison, ...]]:
        found = self._comparison()
        while self._takes("AND"):
            other = self._comparison()
            if len(found) * len(other) > MAX_ALTERNATIVES:
                raise Unusable("pattern", Tell.MANY_VALUES.of(most=MAX_ALTERNATIVES))
            found = [(*one, *more) for one in found for more in other]
        return found

    def _comparison(self) -> list[tuple[Comparison, ...]]:
        if self._takes("("):
            return self._within(")", observation=False)
        kind, path = self._next()
        if kind != "path":
            if kind == "word":
                raise _richer(Tell.HAS.of(word=path.upper()))
            raise Unusable("pattern", Tell.PATH_EXPECTED.of(word=path or Tell.ITS_END.of()))
        meant = _KINDS.get(path.replace("'", "").lower(), "")
        _, compares = self._next()
        if compares.upper() == "IN":
            return [((meant, value),) for value in self._list()]
        if compares != "=" and not (compares.upper() == "ISSUBSET" and meant == "address"):
            if not compares:
                raise Unusable("pattern", Tell.BREAKS_OFF.of())
            raise _richer(Tell.COMPARES.of(word=compares.upper()))
        return [((meant, self._value()),)]

    def _list(self) -> list[str]:
        self._must("(")
        found = [self._value()]
        while self._takes(","):
            found.append(self._value())
        self._must(")")
        return found

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if kind in ("word", "number"):
            return text
        raise Unusable("pattern", Tell.VALUE_EXPECTED.of(word=text or Tell.ITS_END.of()))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unusable("pattern", Tell.NOT_OF_PATTERNS.of(text=text[at : at + 20]))
        yield found.lastgroup or "", found.group(found.lastgroup or 0)
        at = found.end()
