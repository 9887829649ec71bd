"""What a person wrote behind a field's name, as checks of the field's own type."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from tramgac_proto import options_pb2
from tramgac_proto.names import is_plus_one, parse_entity, parse_time
from tramgac_proto.rows import Column
from tramgac_rules.wildcard import ONE, STAR, Pieces

from tramgac_collector.errors import QueryError
from tramgac_collector.search.fields import ANYWHERE, BY_ECS, DATA, form_of, places
from tramgac_collector.search.tree import Between, Check, Contains, Equal, Like, Network, Node, Place, Some, Term

_COMPARED = re.compile(r"(>=|<=|>|<)(.+)", re.DOTALL)
_MAPPED = 0xFFFF << 32
RANGES = {
    "UInt32": (0, (1 << 32) - 1),
    "UInt64": (0, (1 << 64) - 1),
    "Int64": (-(1 << 63), (1 << 63) - 1),
}
"""The least and the greatest number of each type."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it was written: its text, the same cut at wildcards, or the ends of `[a TO b]`.

    `name`: of its field, "" for none; `at`: the character where the term begins, from 1.
    """

    name: str
    at: int
    text: str
    pieces: Pieces
    ends: tuple[str, str] | None = None

    @property
    def wild(self) -> bool:
        """Whether it is a pattern."""
        return STAR in self.pieces or ONE in self.pieces

    def fault(self, type_: str) -> QueryError:
        """Return that it is no value of its field."""
        shown = f"[{self.ends[0]} TO {self.ends[1]}]" if self.ends else self.text
        message = f"{shown[:80]!r} is no value of {self.name} ({type_}; character {self.at})"
        return QueryError(message, "search_value", name=self.name, type=type_, at=self.at)


def typed(written: Written) -> Node:
    """Return what a term means.

    Raises:
        QueryError: there is no such field, or the value is none of its field's.
    """
    if not written.name:
        word: Check = Like((STAR, *written.pieces, STAR)) if written.wild else Contains(written.text)
        return Some(tuple(Term(place, word) for place in ANYWHERE))
    meant = places(written.name, written.at)
    tests = [test for place in meant if (test := _test(place, written, alone=len(meant) == 1)) is not None]
    return tests[0] if len(tests) == 1 else Some(tuple(tests))


def _test(place: Place, written: Written, *, alone: bool) -> Term | None:
    """Return the test of one of a name's places; None where the value can only be of another place."""
    if place.name == DATA:
        return Term(place, _data_check(written))
    column = BY_ECS.get(place.name)
    if column is None:
        return Term(place, _text_check(written))
    plain = base_type(column)
    form = form_of(column)
    try:
        if form == options_pb2.FORM_SHA256 and not alone:
            return Term(place, _digest_check(written))
        return Term(place, _check(column, plain, form, written))
    except (ValueError, KeyError):
        if form == options_pb2.FORM_ENTITY and not alone:
            return None  # Windows writes GUIDs there
        raise written.fault(plain) from None


def base_type(column: Column) -> str:
    """Return the type of a column's values, or of those in its list: String, Bool, UInt32, DateTime64(9, 'UTC')."""
    inner = column.type
    for around in ("Array(", "LowCardinality("):
        if inner.startswith(around):
            inner = inner[len(around) : -1]
    return inner


def _check(column: Column, plain: str, form: int, written: Written) -> Check:
    if plain == "String":
        return _address_check(written) if is_address(column) else _text_check(written)
    if plain == "Bool":
        return Equal({"true": True, "false": False}[written.text.lower()])
    if form == options_pb2.FORM_ENTITY:
        return Equal(parse_entity(written.text))
    if plain.startswith("DateTime64"):
        ends = _ends(written, parse_time)
        return Equal(parse_time(written.text)) if ends is None else ends
    ends = _ends(written, int)
    return _number_check(column, plain, int(written.text)) if ends is None else ends


def _number_check(column: Column, plain: str, number: int) -> Equal:
    low, high = RANGES[plain]
    if not low <= number <= high - shift(column):
        raise ValueError(number)
    return Equal(number)


def shift(column: Column) -> int:
    """Return what a column has more than the number that it stands for: 1 where 0 is "not known"."""
    return int(any(map(is_plus_one, column.fields.values())))


def is_address(column: Column) -> bool:
    """Tell whether a column holds addresses."""
    return form_of(column) == options_pb2.FORM_IP or column.name == "host.ip"


def _text_check(written: Written) -> Check:
    if written.ends is not None:
        raise ValueError(written.ends)
    return Like(written.pieces) if written.wild else Equal(written.text)


def _digest_check(written: Written) -> Check:
    """Return the check of Sigma's way to write a digest: SHA256=, and hexadecimal in upper case."""
    match written.pieces:
        case (str(first), *rest):
            cut = re.sub(r"(?i)^sha256=", "", first)
            pieces: Pieces = (cut, *rest) if cut else tuple(rest)
        case _:
            pieces = written.pieces
    return Like(pieces) if written.wild else Equal("".join(map(str, pieces)).lower())


def _data_check(written: Written) -> Check:
    """Return the check of a text of a Windows event, by what it looks like: a range, a network, a pattern."""
    spelled = written.name.startswith(f"{DATA}.")  # a comparison there has always been a text
    try:
        ends = _ends(written, int) if written.ends or not spelled else None
    except ValueError:
        if written.ends:
            raise written.fault("Int64") from None
        ends = None
    if ends is not None:
        return ends
    if not spelled and "/" in written.text and not written.wild:
        column = next((BY_ECS[place.name] for place in places(written.name, written.at) if place.name != DATA), None)
        if column is not None and is_address(column):
            return _address_check(written)
    return _text_check(written)


def _address_check(written: Written) -> Check:
    if written.wild:
        return _text_check(written)
    if written.ends is not None:
        low, high = (_number(ipaddress.ip_address(end)) for end in written.ends)
        return Network(low, high)
    if "/" in written.text:
        network = ipaddress.ip_network(written.text, strict=False)
        return Network(_number(network[0]), _number(network[-1]))
    return Equal(str(ipaddress.ip_address(written.text)))


def _number(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return int(address) + (_MAPPED if address.version == 4 else 0)  # noqa: PLR2004 - IPv4


def address_number(text: str) -> int | None:
    """Return an address as a Network's ends have it; None for what is none."""
    try:
        return None if "%" in text else _number(ipaddress.ip_address(text))
    except ValueError:
        return None


def _ends(written: Written, read: Callable[[str], int]) -> Between | None:
    """Return a range of numbers; None if none was written. ValueError if its ends are no numbers."""
    if written.ends is not None:
        low, high = (None if end == "*" else read(end) for end in written.ends)
        return Between(low, high)
    found = _COMPARED.fullmatch(written.text)
    if found is None:
        return None
    number = read(found[2])
    match found[1]:
        case ">=":
            return Between(number, None)
        case ">":
            return Between(number + 1, None)
        case "<=":
            return Between(None, number)
        case _:
            return Between(None, number - 1)
