"""Sigma's condition language: selections joined by and, or, not, `1 of x*`, `all of x*`, parentheses."""

import re
from collections.abc import Mapping
from fnmatch import translate

from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.sizes import MAX_VALUES, count
from tramgac_rules.authoring.words import Say
from tramgac_rules.tree import And, Node, Not, Or, Selection

_WORD = re.compile(r"\s*([()|]|[^\s()|]+)")
MAX_NESTING = 30


class ConditionError(Exception):
    """A condition cannot be read: what is wrong, the offset in it, in characters, and how to mend it.

    `word`: the selection that it names and that there is not, else "".
    """

    def __init__(self, message: str, offset: int, kind: str = "condition", word: str = "", *, advice: str = "") -> None:
        """Say what is wrong and where."""
        super().__init__(message)
        self.what = message
        self.advice = advice
        self.word = word
        self.offset = offset
        self.kind = kind


def parse_condition(text: str, selections: Mapping[str, Selection], most: int = MAX_VALUES) -> Node:
    """Return the logic of a condition over named selections, with `most` values in all. Raises ConditionError."""
    return _Parser(text, selections, most).parse()


class _Parser:
    """Recursive descent: or over and over not over selections; `of` binds closest."""

    def __init__(self, text: str, selections: Mapping[str, Selection], most: int) -> None:
        self._text = text
        self._left = most
        self._sizes: dict[str, int] = {}
        self._words = [(found.group(1), found.start(1)) for found in _WORD.finditer(text)]
        self._at = 0
        self._depth = 0
        self._selections = selections

    def parse(self) -> Node:
        if not self._words:
            raise ConditionError(Say.CONDITION_EMPTY.of(), 0, advice=Say.NAME_SELECTIONS.of())
        node = self._or()
        if self._at < len(self._words):
            word, offset = self._words[self._at]
            if word == "|":
                raise ConditionError(Say.PIPE.of(), offset, "aggregation", advice=Say.WRITE_CORRELATION.of())
            advice = Say.OPEN_OR_REMOVE if word == ")" else Say.JOIN
            raise ConditionError(Say.UNEXPECTED.of(word=word), offset, advice=advice.of())
        return node

    def _peek(self, ahead: int = 0) -> str:
        """Return a coming word as an operator's name: lower-cased; "" at the end."""
        return self._words[self._at + ahead][0].lower() if self._at + ahead < len(self._words) else ""

    def _next(self) -> tuple[str, int]:
        if self._at >= len(self._words):
            raise ConditionError(Say.CONDITION_ENDS.of(), len(self._text), advice=Say.NAME_OR_REMOVE.of())
        self._at += 1
        return self._words[self._at - 1]

    def _or(self) -> Node:
        parts = [self._and()]
        while self._peek() == "or":
            self._at += 1
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._peek() == "and":
            self._at += 1
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        if self._depth > MAX_NESTING:
            raise ConditionError(
                Say.NESTED.of(most=MAX_NESTING), self._words[self._at - 1][1], advice=Say.LESS_NESTED.of()
            )
        self._depth += 1
        try:
            if self._peek() == "not":
                self._at += 1
                return Not(self._not())
            return self._operand()
        finally:
            self._depth -= 1

    def _operand(self) -> Node:
        quantifier = self._peek() if self._peek(1) == "of" else ""
        word, offset = self._next()
        if word == "(":
            return self._group(offset)
        if quantifier in ("1", "any", "all"):
            self._at += 1
            return self._several(quantifier, *self._next())
        if word in self._selections:
            return self._taken(self._selections[word], offset)
        if quantifier:
            raise ConditionError(Say.ODD_QUANTIFIER.of(word=word), offset, advice=Say.WRITE_OUT.of())
        if word.lower() in (")", "|", "and", "or"):
            raise ConditionError(Say.UNEXPECTED.of(word=word), offset, advice=Say.NAME_OR_REMOVE.of())
        advice = did_you_mean(word, self._selections)
        raise ConditionError(Say.NO_SELECTION.of(word=word), offset, "selection", word, advice=advice)

    def _group(self, offset: int) -> Node:
        """Return what stands in a parenthesis that begins at an offset."""
        node = self._or()
        if self._at >= len(self._words):
            raise ConditionError(Say.NEVER_CLOSED.of(), offset, advice=Say.CLOSE.of())
        closing, place = self._next()
        if closing != ")":
            raise ConditionError(Say.NO_CLOSING.of(word=closing), place, advice=Say.CLOSE_OR_JOIN.of())
        return node

    def _taken(self, selection: Selection, offset: int) -> Selection:
        """Return a selection that is put in, if there is room for its values."""
        if selection.name not in self._sizes:
            self._sizes[selection.name] = count(selection)
        self._left -= self._sizes[selection.name]
        if self._left < 0:
            raise ConditionError(Size.LONG_CONDITION.of(most=MAX_VALUES), offset, "size", advice=Size.NAME_ONCE.of())
        return selection

    def _several(self, quantifier: str, pattern: str, offset: int) -> Node:
        """Return `1 of` or `all of` the selections that a pattern names; `_names` only if the pattern says so."""
        glob = re.compile(translate("*" if pattern == "them" else pattern.replace("?", "[?]")))
        hidden = pattern.startswith("_")
        found = [
            self._taken(selection, offset)
            for name, selection in self._selections.items()
            if glob.match(name) and (hidden or not name.startswith("_"))
        ]
        if not found:
            raise ConditionError(Say.NONE_LIKE.of(pattern=pattern), offset, "selection")
        return And(tuple(found)) if quantifier == "all" else Or(tuple(found))
