"""One entry of a selection, as pySigma reads it, to logic."""

from typing import Any

from sigma.conditions import ConditionAND
from sigma.modifiers import (
    SigmaEndswithModifier,
    SigmaModifier,
    SigmaRegularExpressionModifier,
    SigmaStartswithModifier,
    modifier_mapping,
)
from sigma.rule.detection import SigmaDetectionItem
from sigma.types import (
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

from tramgac_rules import regex
from tramgac_rules.operators import parse_network
from tramgac_rules.tree import And, Atom, Node, Not, Or
from tramgac_rules.wildcard import ONE, STAR, Pieces

MODIFIERS = frozenset(modifier_mapping)


class ValueProblem(Exception):
    """An entry cannot be used: kind, message and advice of the problem."""

    def __init__(self, kind: str, message: str, advice: str = "") -> None:
        """Say what is wrong and how to mend it."""
        super().__init__(message)
        self.kind = kind
        self.advice = advice


def entry_node(key: str | None, value: object) -> Node:
    """Return the logic of one entry: `Field|modifiers` and its value or values; key None for keywords.

    Raises ValueProblem, RegexError and pySigma's SigmaError (a ValueError).
    """
    values = value if isinstance(value, list) else [value]
    modifiers = key.split("|")[1:] if key else []
    if "cidr" in modifiers:  # bits of the host are allowed, pySigma does not
        values = [str(parse_network(item)) if isinstance(item, str) else item for item in values]
    if "re" in modifiers:  # before pySigma's own trial, which lets RE2 write to stderr
        for pattern in values:
            regex.searcher(str(pattern))
    item = SigmaDetectionItem.from_mapping(key, values)  # type: ignore[arg-type]
    field = item.field.replace(" ", "") if item.field else None
    parts = tuple(_node(field, part, item.modifiers) for part in item.value) or (Atom(field, "null", None),)
    node = parts[0] if len(parts) == 1 else And(parts) if item.value_linking is ConditionAND else Or(parts)
    return Not(node) if item.negated else node


def _node(field: str | None, value: SigmaType, modifiers: list[type[SigmaModifier[Any, Any]]]) -> Node:
    """Return the logic of one value."""
    if isinstance(value, SigmaExpansion):
        return Or(tuple(_node(field, part, modifiers) for part in value.values))
    if isinstance(value, SigmaRegularExpression):
        return _regex(field, value, modifiers)
    if isinstance(value, SigmaString):
        return _string(field, value)
    if isinstance(value, SigmaTimestampPart):
        return Atom(field, value.timestamp_part.name.lower(), value.number)
    if isinstance(value, SigmaNumber | SigmaBool):
        return Atom(field, "eq" if field is not None else "contains", str(value).lower())
    if field is None:
        raise ValueProblem("keyword", f"a keyword cannot be {type(value).__name__}", "Name a field, or write a text.")
    return _about_field(field, value)


def _about_field(field: str, value: SigmaType) -> Node:
    match value:
        case SigmaNull():
            return Atom(field, "null", None)
        case SigmaExists():
            return Atom(field, "exists", value.exists)
        case SigmaCIDRExpression():
            return Atom(field, "cidr", value.cidr)
        case SigmaFieldReference():
            how = {(True, True): "contains", (True, False): "startswith", (False, True): "endswith"}
            ends = (value.starts_with, value.ends_with)
            return Atom(field, "fieldref", (value.field.replace(" ", ""), how.get(ends, "eq")))
        case SigmaCompareExpression() if isinstance(value.number, SigmaNumber):
            name = value.op.name.lower()
            if name != "neq":
                return Atom(field, name, value.number.number)
            return Not(Atom(field, "eq", str(value.number)))
    raise ValueProblem("value", f"a value of type {type(value).__name__} is not supported")


def _regex(field: str | None, value: SigmaRegularExpression, modifiers: list[type[SigmaModifier[Any, Any]]]) -> Node:
    """Return a regular expression; it is searched anywhere unless a modifier ties it to an end."""
    if value.contains_placeholder():
        raise _placeholder()
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    text = str(value.regexp)
    after = modifiers[modifiers.index(SigmaRegularExpressionModifier) :]
    if SigmaStartswithModifier in after:
        text = f"^(?:{text})"
    if SigmaEndswithModifier in after:
        text = f"(?:{text})$"
    pattern = f"(?{flags}){text}" if flags else text
    regex.searcher(pattern)
    return Atom(field, "re", pattern)


def _string(field: str | None, value: SigmaString) -> Node:
    pieces: list[str | int | None] = [STAR] if field is None else []
    for part in value.s:
        if isinstance(part, Placeholder):
            raise _placeholder()
        if isinstance(part, SpecialChars):
            pieces.append(STAR if part is SpecialChars.WILDCARD_MULTI else ONE)
        elif part:
            pieces.append(part)
    if field is None:
        pieces.append(STAR)
    return _plainest(field, _joined(pieces), cased=isinstance(value, SigmaCasedString))


def _joined(pieces: list[str | int | None]) -> Pieces:
    """Put neighbouring texts together, and neighbouring stars."""
    joined: list[str | int | None] = []
    for piece in pieces:
        last = joined[-1] if joined else ONE
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        elif piece is not STAR or not joined or last is not STAR:
            joined.append(piece)
    return tuple(joined)


def _plainest(field: str | None, pieces: Pieces, *, cased: bool) -> Atom:
    """Return the simplest atom for a pattern with wildcards."""
    match pieces:
        case ():
            op, value = "eq", ""
        case (str() as value,):
            op = "eq"
        case (None,):
            return Atom(field, "any", None)
        case (None, str() as value, None):
            op = "contains"
        case (None, str() as value):
            op = "endswith"
        case (str() as value, None):
            op = "startswith"
        case _:
            return Atom(field, "wild", pieces, cased)
    return Atom(field, op, value, cased)


def _placeholder() -> ValueProblem:
    return ValueProblem(
        "expand",
        "the value is a placeholder, and no site settings are given for it",
        "Replace it by the values of your site.",
    )
