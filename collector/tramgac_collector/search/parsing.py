"""The search language, read.

    Image:/usr/bin/curl (destination.port:>=1024 or destination.ip:10.0.0.0/8) -user.name:root evil | rare host

A term is `field:value` or a word alone; terms side by side must all hold, as with `and`; `or`, `not`, a minus before a
term, and parentheses do what they say. In a value `*` is any run of characters and `?` one, without regard to case;
quotes hold spaces, and in them a backslash makes the next character stand for itself. `[a TO b]`, `>`, `>=`, `<`, `<=`
are ranges of numbers and times, A/N is a network. `| count by FIELD` and `| rare FIELD` count what was found.
"""

from __future__ import annotations

import re
from typing import NoReturn

from tramgac_rules.wildcard import ONE, STAR, Pieces

from tramgac_collector.errors import QueryError
from tramgac_collector.search.fields import BY_ECS, OWN_FIELDS, known, places
from tramgac_collector.search.tree import All, Node, Not, Query, Some, Stage
from tramgac_collector.search.values import Written, typed

MAX_LENGTH = 4_000
"""Characters of a search."""
MAX_DEPTH = 32
MAX_TERMS = 200
_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([@A-Za-z_][\w.@-]*):(?=\S)")
_BARE_FIELD = re.compile(r"([@A-Za-z_][\w.@-]*):(?:\s|(\))|$)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_RANGE = re.compile(r"\[\s*([^\s\]]+)\s+TO\s+([^\s\]]+)\s*\]", re.IGNORECASE)
_WORD = re.compile(r"(and|or|not)(?=[\s()]|$)", re.IGNORECASE)
_PIPE = re.compile(r"\|(?=\s|$)")
_STAGE = re.compile(r"\|\s*(?:count\s+by|(rare))\s+(\S+)\s*", re.IGNORECASE)


def parse(text: str) -> Query:
    """Read a search.

    Raises:
        QueryError: it cannot be understood; `params` say where (`at`, a character from 1).
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the search has more than {MAX_LENGTH} characters", "search_long", most=MAX_LENGTH)
    return _Parser(text).query()


class _Parser:
    """One text and how far it was read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open: list[int] = []
        """Where the parentheses around us stand."""
        self._depth = self._terms = 0

    def query(self) -> Query:
        node: Node = All() if self._done() else self._either()
        if self._see(")"):
            message = f"the parenthesis at character {self._at + 1} closes nothing"
            raise QueryError(message, "search_parenthesis_extra", at=self._at + 1)
        return Query(node, None if self._ended() else self._stage())

    def _either(self) -> Node:
        parts = [self._both()]
        while self._take_word("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _both(self) -> Node:
        parts = [self._one()]
        while not (self._done() or self._see(")") or self._next_word() == "or"):
            self._take_word("and")
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"the search is nested deeper than {MAX_DEPTH}", "search_deep", most=MAX_DEPTH)
        try:
            return self._unit()
        finally:
            self._depth -= 1

    def _unit(self) -> Node:
        if self._done() or self._see(")") or self._next_word() in {"and", "or"}:
            self._missing()
        if self._take_word("not"):
            return Not(self._one())
        if self._text[self._at] == "-" and self._text[self._at + 1 : self._at + 2].strip():
            self._at += 1
            return Not(self._one() if self._see("(") else self._term())
        if not self._see("("):
            return self._term()
        self._open.append(self._at + 1)
        self._at += 1
        node = self._either()
        if not self._see(")"):
            message = f"the parenthesis at character {self._open[-1]} is not closed"
            raise QueryError(message, "search_parenthesis", at=self._open[-1])
        self._open.pop()
        self._at += 1
        return node

    def _term(self) -> Node:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryError(f"the search has more than {MAX_TERMS} terms", "search_terms", most=MAX_TERMS)
        began, field = self._at + 1, _FIELD.match(self._text, self._at)
        bare = _BARE_FIELD.match(self._text, self._at)
        if bare and (bare[1] in BY_ECS or bare[1] in OWN_FIELDS) and (self._open or not bare[2]):
            self._at = bare.end(1) + 1
            self._missing()
        name = field[1] if field else ""
        if field and not known(name) and self._text.startswith("//", field.end()):
            name = ""  # an address of the web
        if field and not name[1:] and self._text.startswith("\\", field.end()):
            name = ""  # a path with its drive
        self._at = field.end() if field and name else self._at
        ranged = _RANGE.match(self._text, self._at) if name else None
        if ranged:
            self._at = ranged.end()
            return typed(Written(name, began, ranged[0], (ranged[0],), (ranged[1], ranged[2])))
        text, pieces = self._value()
        return typed(Written(name, began, text, pieces))

    def _value(self) -> tuple[str, Pieces]:
        """Read a value; the same as a text and cut at its wildcards."""
        quoted = _QUOTED.match(self._text, self._at)
        if quoted:
            self._at = quoted.end()
            return re.sub(r"(?s)\\(.)", r"\1", quoted[1]), _cut(re.findall(r"(?s)\\.|[^\\]", quoted[1]))
        if self._text[self._at] == '"':
            at = self._at + 1
            raise QueryError(f"the quotes at character {at} are not closed", "search_quotes", at=at)
        end = self._bare_end()
        text, self._at = self._text[self._at : end], end
        return text, _cut(text)

    def _bare_end(self) -> int:
        """Return where a value without quotes ends: at a space, or at the parenthesis that closes one of ours."""
        inside = 0
        for at in range(self._at, len(self._text)):
            letter = self._text[at]
            if letter.isspace() or (letter == ")" and self._open and not inside):
                return at
            inside += (letter == "(") - (letter == ")" and inside > 0)
        return len(self._text)

    def _stage(self) -> Stage:
        found = _STAGE.fullmatch(self._text, self._at)
        if not found:
            message = f"behind | at character {self._at + 1} comes `count by FIELD` or `rare FIELD`"
            raise QueryError(message, "search_stage", at=self._at + 1)
        places(found[2], found.start(2) + 1)
        return Stage(found[2], bool(found[1]))

    def _skip(self) -> None:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it always matches

    def _ended(self) -> bool:
        self._skip()
        return self._at == len(self._text)

    def _done(self) -> bool:
        """Tell whether no further term comes."""
        return self._ended() or _PIPE.match(self._text, self._at) is not None

    def _see(self, letter: str) -> bool:
        self._skip()
        return self._text.startswith(letter, self._at)

    def _next_word(self) -> str:
        self._skip()
        found = _WORD.match(self._text, self._at)
        return found[1].lower() if found else ""

    def _take_word(self, word: str) -> bool:
        if self._next_word() != word:
            return False
        self._at += len(word)
        return True

    def _missing(self) -> NoReturn:
        at = self._at + 1
        raise QueryError(f"at character {at} something to look for is missing", "search_missing", at=at)


def _cut(letters: str | list[str]) -> Pieces:
    """Cut a text at its wildcards; a letter with a backslash before it, of a list, stands for itself."""
    pieces: list[str | int | None] = []
    for letter in letters:
        if letter in {"*", "?"}:
            pieces.append(STAR if letter == "*" else ONE)
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += letter[-1]
        else:
            pieces.append(letter[-1])
    return tuple(pieces)
