"""The operators of atoms, in one table: what each compares, what a value must contain for it, what it points at.

Texts are compared lower-cased by `str.lower` on both sides, unless the atom is `cased` or the operator
never folds. Operators that look at more than one text (`null`, `exists`, `fieldref`) are in evaluate.py.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import isfinite

from tramgac_rules import regex, wildcard
from tramgac_rules.needs import Needs, needs
from tramgac_rules.tree import Value

Span = tuple[int, int]
Check = Callable[[str], bool]
Locate = Callable[[str], tuple[Span, ...]]

_LONGEST_ADDRESS = 100  # characters, with a zone id: nothing longer is parsed, or remembered

# Around a value when it is searched for literals, so that a literal can be tied to an end of the value.
START, END = "\x02", "\x03"
# Stands for either where a value itself has it; no literal has any of the three.
NEITHER = "\ufffe"


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare a text with a value.

    `check(value)` returns the test of a text. `literals(value)`: sets of texts, with START or END where they are tied
    to an end, of each of which every text that passes contains one; none if none is known. `guard(value)`: what a text
    which passes has when it is lower-cased, worth asking for first where the test is dear. `spans(value)` points at
    what passed. `pattern(value)` is for people. `folds`: text and value are lower-cased first.
    """

    check: Callable[[Value], Check]
    pattern: Callable[[Value], str]
    literals: Callable[[Value], tuple[frozenset[str], ...]] = lambda _value: ()
    spans: Callable[[Value], Locate] = lambda _value: lambda _text: ()
    guard: Callable[[Value], Needs] = lambda _value: Needs()
    folds: bool = False
    merge: Callable[[tuple[str, ...]], Check] | None = None  # one test for several values, where that is quicker


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _pieces(value: Value) -> wildcard.Pieces:
    return value if isinstance(value, tuple) else ()


def escape(text: str) -> str:
    """Return a text as Sigma writes it: wildcards and what precedes them escaped."""
    return text.replace("*", "\\*").replace("?", "\\?")


def _contains(value: Value) -> Check:
    needle = _text(value)
    return lambda text: needle in text


def _startswith(value: Value) -> Check:
    needle = _text(value)
    return lambda text: text.startswith(needle)


def _endswith(value: Value) -> Check:
    needle = _text(value)
    return lambda text: text.endswith(needle)


def _equals(value: Value) -> Check:
    wanted = _text(value)
    return lambda text: text == wanted


def contains_any(values: tuple[str, ...]) -> Check:
    """Return a test of whether a text contains one of some texts."""
    if len(values) == 1:
        return _contains(values[0])

    def check(text: str) -> bool:
        for value in values:  # noqa: SIM110 - a generator would double the cost
            if value in text:
                return True
        return False

    return check


def _find(value: Value) -> Locate:
    needle = _text(value)

    def locate(text: str) -> tuple[Span, ...]:
        at = text.find(needle)
        return ((at, at + len(needle)),) if at >= 0 and needle else ()

    return locate


def _prefix(value: Value) -> Locate:
    length = len(_text(value))
    return lambda _found: ((0, length),) if length else ()


def _suffix(value: Value) -> Locate:
    length = len(_text(value))
    return lambda text: ((len(text) - length, len(text)),) if length else ()


def _whole(text: str) -> tuple[Span, ...]:
    return ((0, len(text)),) if text else ()


def _one(text: str) -> tuple[frozenset[str], ...]:
    return (frozenset([text]),)


def _wild_literals(value: Value) -> tuple[frozenset[str], ...]:
    """Return the texts of a wildcard pattern, tied where they stand at an end."""
    pieces = _pieces(value)
    return tuple(
        frozenset([(START if index == 0 else "") + piece + (END if index == len(pieces) - 1 else "")])
        for index, piece in enumerate(pieces)
        if isinstance(piece, str)
    )


def _wild_pattern(value: Value) -> str:
    written = {wildcard.STAR: "*", wildcard.ONE: "?"}
    return "".join(escape(piece) if isinstance(piece, str) else written[piece] for piece in _pieces(value))


def _wild_spans(value: Value) -> Locate:
    locate = wildcard.locator(_pieces(value))
    return lambda text: locate(text) or ()


def _regex_spans(value: Value) -> Locate:
    search = regex.searcher(_text(value))

    def locate(text: str) -> tuple[Span, ...]:
        found = search(text)
        return (found,) if found and found[0] < found[1] else ()

    return locate


def parse_network(text: str) -> IPv4Network | IPv6Network:
    """Return a network in CIDR form; bits of the host may be set. Raises ValueError."""
    return ip_network(text.strip(), strict=False)


@lru_cache(16_384)
def _address(text: str) -> tuple[int, int] | None:
    """Return version and number of an IP address; a mapped IPv4 address is one; None for what is no address."""
    try:
        address = ip_address(text.strip().partition("%")[0])  # a zone id is no part of the address
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (4, int(mapped)) if mapped is not None else (address.version, int(address))


def _network_check(value: Value) -> Check:
    network = parse_network(_text(value))
    version, mask, base = network.version, int(network.netmask), int(network.network_address)

    def check(text: str) -> bool:
        address = _address(text) if len(text) <= _LONGEST_ADDRESS else None
        return address is not None and address[0] == version and address[1] & mask == base

    return check


def _compare(compare: Callable[[float, float], bool]) -> Callable[[Value], Check]:
    def build(value: Value) -> Check:
        limit = float(_number(value))

        def check(text: str) -> bool:
            try:
                number = float(text)
            except ValueError:
                return False
            return isfinite(number) and compare(number, limit)

        return check

    return build


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


TIME_PARTS: dict[str, Callable[[datetime], int]] = {
    "minute": lambda time: time.minute,
    "hour": lambda time: time.hour,
    "day": lambda time: time.day,
    "week": lambda time: time.isocalendar().week,
    "month": lambda time: time.month,
    "year": lambda time: time.year,
}


COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "lt": ("<", operator.lt),
    "lte": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gte": (">=", operator.ge),
}
"""How numbers are compared: as it is written for people, and done."""


def time_operator(part: str, comparison: str) -> str:
    """Return the operator that compares a part of a time, as of `hour|gte`."""
    return f"{part}_{comparison}"


def _time_part(
    part: Callable[[datetime], int], compare: Callable[[float, float], bool] = operator.eq
) -> Callable[[Value], Check]:
    def build(value: Value) -> Check:
        wanted = _number(value)

        def check(text: str) -> bool:
            try:
                return compare(part(datetime.fromisoformat(text.strip().removesuffix(" UTC"))), wanted)
            except ValueError:
                return False

        return check

    return build


def _numeric(name: str) -> Callable[[Value], str]:
    return lambda value: f"{name} {value}"


OPERATORS: dict[str, Operator] = {
    "eq": Operator(
        check=_equals,
        pattern=lambda value: escape(_text(value)),
        literals=lambda value: _one(START + _text(value) + END),
        spans=lambda _value: _whole,
        folds=True,
        merge=lambda values: frozenset(values).__contains__,
    ),
    "contains": Operator(
        check=_contains,
        pattern=lambda value: f"*{escape(_text(value))}*",
        literals=lambda value: _one(_text(value)),
        spans=_find,
        folds=True,
        merge=contains_any,
    ),
    "startswith": Operator(
        check=_startswith,
        pattern=lambda value: f"{escape(_text(value))}*",
        literals=lambda value: _one(START + _text(value)),
        spans=_prefix,
        folds=True,
        merge=lambda values: lambda text: text.startswith(values),
    ),
    "endswith": Operator(
        check=_endswith,
        pattern=lambda value: f"*{escape(_text(value))}",
        literals=lambda value: _one(_text(value) + END),
        spans=_suffix,
        folds=True,
        merge=lambda values: lambda text: text.endswith(values),
    ),
    "wild": Operator(
        check=lambda value: wildcard.matcher(_pieces(value)),
        pattern=_wild_pattern,
        literals=_wild_literals,
        spans=_wild_spans,
        folds=True,
    ),
    "any": Operator(check=lambda _value: lambda _text: True, pattern=lambda _value: "*"),
    "re": Operator(
        check=lambda value: regex.tester(_text(value)),
        pattern=_text,
        literals=lambda value: needs(_text(value)).texts,
        guard=lambda value: needs(_text(value)),
        spans=_regex_spans,
    ),
    "cidr": Operator(check=_network_check, pattern=_text, spans=lambda _value: _whole),
    **{
        name: Operator(check=_compare(compare), pattern=_numeric(sign), spans=lambda _value: _whole)
        for name, (sign, compare) in COMPARISONS.items()
    },
    **{
        name: Operator(check=_time_part(part), pattern=_numeric(name), spans=lambda _value: _whole)
        for name, part in TIME_PARTS.items()
    },
    **{
        time_operator(name, how): Operator(
            check=_time_part(part, compare), pattern=_numeric(f"{name} {sign}"), spans=lambda _value: _whole
        )
        for name, part in TIME_PARTS.items()
        for how, (sign, compare) in COMPARISONS.items()
    },
}

# How the text of one field is compared with that of another: `fieldref` has (name of the other field, one of these).
REFERENCES: dict[str, Callable[[str, str], bool]] = {
    "eq": str.__eq__,
    "contains": str.__contains__,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
# Atoms that are about presence or about two fields, not about one text.
SPECIAL = ("null", "exists", "fieldref")


def lowered(value: Value) -> Value:
    """Return a value with its texts lower-cased."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, tuple):
        return tuple(piece.lower() if isinstance(piece, str) else piece for piece in value)
    return value
