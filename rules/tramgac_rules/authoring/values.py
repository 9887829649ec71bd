"""One entry of a selection, as pySigma reads it, to logic."""

from collections.abc import Sequence
from typing import Any

from sigma.conditions import ConditionAND
from sigma.exceptions import SigmaTypeError
from sigma.modifiers import (
    SigmaEndswithModifier,
    SigmaModifier,
    SigmaRegularExpressionModifier,
    SigmaStartswithModifier,
    modifier_mapping,
)
from sigma.rule.detection import SigmaDetectionItem
from sigma.types import (
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
from tramgac_rules.authoring import sizes
from tramgac_rules.authoring.alternatives import AlternativesError, Placeholders, dashed, expanded
from tramgac_rules.authoring.sense_words import Sense
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.texts import Text
from tramgac_rules.authoring.words import Say
from tramgac_rules.operators import COMPARISONS, TIME_PARTS, parse_network, time_operator
from tramgac_rules.tree import And, Atom, Node, Not, Or
from tramgac_rules.wildcard import ONE, STAR, Pieces

ALIASES = {"utf16le": "wide"}  # the specification has it, pySigma by its other name alone
MODIFIERS = frozenset({*modifier_mapping, *ALIASES})
NO_PLACEHOLDERS: Placeholders = {}
_SPREADING = frozenset({"expand", "windash"})
_ENCODINGS = ("base64", "base64offset", "wide", "utf16", "utf16be")
_ON_NUMBERS = frozenset((*COMPARISONS, *TIME_PARTS))
_ADVICE = {str: Say.WRITE_TEXT, float: Say.WRITE_NUMBER, bool: Say.WRITE_TRUTH}
_ON_TEXTS = frozenset({"contains", "startswith", "endswith", "cased"})  # numbers too, says the specification


class ValueProblem(Exception):
    """An entry cannot be used: kind, message and advice of the problem."""

    def __init__(self, kind: str, message: str, advice: str = "") -> None:
        """Say what is wrong and how to mend it."""
        super().__init__(message)
        self.what = message
        self.kind = kind
        self.advice = advice


def entry_node(key: str | None, value: object, placeholders: Placeholders = NO_PLACEHOLDERS) -> Node:
    """Return the logic of one entry: `Field|modifiers` and its value or values; key None for keywords.

    Raises ValueProblem, RegexError and pySigma's SigmaError (a ValueError).
    """
    values = value if isinstance(value, list) else [value]
    field, *modifiers = key.split("|") if key else [""]
    modifiers = [ALIASES.get(word, word) for word in modifiers]
    spread = [word for word in modifiers if word in _SPREADING]
    if spread:
        _check_order(modifiers)
    rest = [word for word in modifiers if word not in _SPREADING]
    key = None if key is None else "|".join([field, *rest])
    if rest and not values:
        raise ValueProblem("value", Sense.NO_VALUES.of(words=", ".join(rest)), Sense.FILL_OR_NULL.of(field=field))
    ready = _ready(values, spread, rest, placeholders)
    # All at once where nothing is spread: pySigma takes most of its time for each call, not for each value.
    read = [_read(key, each) for each in ready] if spread else [_read(key, [one for each in ready for one in each])]
    item = read[0][0]
    parts = tuple(Or(found) for _, found in read) if spread else read[0][1]
    node = parts[0] if len(parts) == 1 else And(parts) if item.value_linking is ConditionAND else Or(parts)
    if said := sizes.long_made(node):
        raise ValueProblem("size", *said)
    return Not(node) if item.negated else node


def _ready(
    values: Sequence[object], spread: Sequence[str], rest: Sequence[str], placeholders: Placeholders
) -> list[list[object]]:
    """Return the values that each value stands for, so that pySigma takes them."""
    ready: list[list[object]] = []
    budget = sizes.Budget()
    for value in values:
        stands_for = _spread(value, spread, rest, placeholders)
        if said := budget.spend(stands_for):
            raise ValueProblem("size", *said)
        ready.append([_readied(one, rest) for one in stands_for])
    return ready


def _read(key: str | None, values: Sequence[object]) -> tuple[SigmaDetectionItem, tuple[Node, ...]]:
    """Return an entry as pySigma reads it, and the logic of each of its values."""
    try:
        item = SigmaDetectionItem.from_mapping(key, values)  # type: ignore[arg-type]
    except SigmaTypeError as error:
        raise _misfit((key or "").split("|")[1:], values) from error
    field = item.field.replace(" ", "") if item.field else None
    if not item.value and field is None:
        raise ValueProblem("keyword", Say.NO_KEYWORDS.of(), Say.WRITE_TEXT.of())
    return item, tuple(_node(field, part, item.modifiers) for part in item.value) or (Atom(field, "null", None),)


def _misfit(modifiers: Sequence[str], values: Sequence[object]) -> ValueProblem:
    """Return what to say of values, or of modifiers, that pySigma does not take: it speaks of its own classes."""
    if not modifiers:
        odd = next((value for value in values if not isinstance(value, str | int | float | None)), None)
        return ValueProblem("value", Say.ODD_VALUE.of(type=type_of(odd)), Say.WRITE_TEXT.of())
    kinds = {word: bool if word == "exists" else float if word in _ON_NUMBERS else str for word in modifiers}
    if len({*kinds.values()}) == 1:
        for word, kind in kinds.items():
            odd = next((value for value in values if not _is(value, kind)), values)
            if odd is not values:
                said = (Say.FOR_TEXTS if kind is str else Say.FOR_NUMBERS if kind is float else Say.FOR_TRUTH).of(
                    word=word, type=type_of(odd)
                )
                return ValueProblem("value", said, _ADVICE[kind].of())
    return ValueProblem("modifier", Say.NOT_TOGETHER.of(words=", ".join(modifiers)), Say.SEE_MODIFIERS.of())


def _is(value: object, kind: type) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) if kind is float else isinstance(value, kind)


def type_of(value: object) -> Text:
    """Return what a value of YAML is, for people."""
    match value:
        case None | bool():
            return Say.PLAIN.of(value="null" if value is None else str(value).lower())
        case int() | float():
            return Say.A_NUMBER.of(value=str(value)[:40])
        case str():
            return Say.A_TEXT.of(value=value[:40])
        case dict():
            return Say.A_MAPPING.of()
        case list():
            return Say.A_LIST.of()
    return Say.A_DATE.of(value=str(value)[:40])


def _check_order(modifiers: Sequence[str]) -> None:
    """Refuse what has no sense: to spread out what is encoded already, or a placeholder's place before its value."""
    if "re" in modifiers and "windash" in modifiers:
        raise ValueProblem("modifier", Say.WINDASH_ON_REGEX.of(), Say.WRITE_DASHES.of())
    places = {word: place for place, word in enumerate(modifiers)}
    for word in _SPREADING & places.keys():
        before = [other for other in (*_ENCODINGS, "windash") if places.get(other, len(places)) < places[word]]
        if before:
            raise ValueProblem("modifier", Say.TOO_LATE.of(word=word), Say.WRITE_BEFORE.of(other=before[0]))


def _spread(value: object, spread: Sequence[str], rest: Sequence[str], placeholders: Placeholders) -> Sequence[object]:
    """Return the values that one value stands for."""
    if not spread:
        return [value]
    if not isinstance(value, str):
        said = Say.FOR_TEXTS.of(word=spread[0], type=type_of(value))
        raise ValueProblem("value", said, Say.WRITE_TEXT.of())
    found = [value]
    try:
        if "expand" in spread:
            found = expanded(value, placeholders, regex="re" in rest)
        if "windash" in spread:
            found = [made for text in found for made in dashed(text)]
    except AlternativesError as error:
        raise ValueProblem("expand" if "expand" in spread else "windash", error.what, error.advice) from error
    return found


def _readied(value: object, modifiers: Sequence[str]) -> object:
    """Return a value so that pySigma takes all that the specification allows."""
    if "cidr" in modifiers and isinstance(value, str):  # bits of the host are allowed, pySigma does not
        return str(parse_network(value))
    if "re" in modifiers and (value is None or isinstance(value, list | dict)):
        raise ValueProblem("value", Say.FOR_TEXTS.of(word="re", type=type_of(value)), Say.WRITE_TEXT.of())
    if "re" in modifiers:  # before pySigma's own trial, which lets RE2 write to stderr
        regex.searcher(str(value))
    if isinstance(value, bool | int | float) and not _ON_TEXTS.isdisjoint(modifiers) and "re" not in modifiers:
        return str(value).lower() if isinstance(value, bool) else str(SigmaNumber(value))
    return value


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
        raise ValueProblem("keyword", Say.ODD_KEYWORD.of(), Say.NAME_FIELD.of())
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
            return _compared(field, value.op.name.lower(), value.number)
    raise ValueProblem("value", Say.ODD_VALUE.of(type=type(value).__name__), Say.SEE_MODIFIERS.of())


def _compared(field: str, name: str, number: SigmaNumber) -> Node:
    """Return a comparison with a number, or of a part of a time (`hour|gte`)."""
    if isinstance(number, SigmaTimestampPart):
        return Atom(field, time_operator(number.timestamp_part.name.lower(), name), number.number)
    return Atom(field, name, number.number)


def _regex(field: str | None, value: SigmaRegularExpression, modifiers: list[type[SigmaModifier[Any, Any]]]) -> Node:
    """Return a regular expression; it is searched anywhere unless a modifier ties it to an end."""
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    text = str(value.regexp)
    after = modifiers[modifiers.index(SigmaRegularExpressionModifier) :]
    if SigmaStartswithModifier in after:
        text = f"^(?:{text})"
    if SigmaEndswithModifier in after:
        text = f"(?:{text})$"
    pattern = f"(?{flags}){text}" if flags else text
    if len(pattern) > sizes.MAX_REGEX:
        said = Size.LONG_REGEX.of(count=len(pattern), most=sizes.MAX_REGEX)
        raise ValueProblem("regex", said, Size.SPLIT_REGEX.of())
    regex.searcher(pattern)
    return Atom(field, "re", pattern)


def _string(field: str | None, value: SigmaString) -> Node:
    pieces: list[str | int | None] = [STAR] if field is None else []
    for part in value.s:
        if isinstance(part, SpecialChars):
            pieces.append(STAR if part is SpecialChars.WILDCARD_MULTI else ONE)
        elif isinstance(part, str) and part:  # placeholders have their values by now
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
