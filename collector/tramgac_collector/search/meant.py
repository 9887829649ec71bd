"""Hosts in a search as people call them, put as events have them: by id; kinds that there are none of. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from typing import Final

from tramgac_proto.names import KINDS
from tramgac_rules.wildcard import STAR

from tramgac_collector.errors import QueryError
from tramgac_collector.search.parsing import MAX_TERMS
from tramgac_collector.search.tree import All, Equal, Like, Node, Not, Place, Some, Term

Named = Callable[[Equal | Like], Sequence[str]]
"""Gives the ids of the hosts whose name, or beginning of the id, a check fits."""
_HOST: Final = Place("host")
_KIND: Final = Place("kind")
_ALIKE: Final = 0.6
_DIGITS: Final = frozenset("0123456789abcdef")
_ID: Final = re.compile(r"[0-9a-f]{32}")


def by_id(node: Node, named: Named) -> Node:
    """Return a search in which `host:` asks for ids; who is called by an id is looked for as it is, known or not.

    Raises:
        QueryError: no host has the name, more fit a pattern than a search has terms, or there is no such kind of event.
    """
    match node:
        case All(parts):
            return All(tuple(by_id(part, named) for part in parts))
        case Some(parts):
            return Some(tuple(by_id(part, named) for part in parts))
        case Not(part):
            return Not(by_id(part, named))
        case Term(place, Equal(text) as check) if place == _HOST and is_name(check):
            return Some(_terms(str(text), named(check)))
        case Term(place, Like() as check) if place == _HOST and any(isinstance(piece, str) for piece in check.pieces):
            return Some((node, *_terms("", named(check))))
        case Term(place, Equal(kind)) if place == _KIND and kind not in KINDS:
            raise no_word("kind", str(kind), KINDS)
        case _:
            return node


def no_word(name: str, value: str, known: Collection[str]) -> QueryError:
    """Return that a field never has a value, with the likeliest of those that it has."""
    found = get_close_matches(value.lower(), known, 1, _ALIKE)
    near, words = "".join(found), ", ".join(sorted(known))
    message = f"{name} is never {value!r}" + (f"; did you mean {near}?" if near else "") + f"; there are: {words}"
    return QueryError(
        message, "search_word_near" if near else "search_word", name=name, value=value, near=near, known=words
    )


def is_name(check: Equal | Like) -> bool:
    """Tell whether no host's id could fit a check of `host`: where names are not known, it would never be met."""
    if isinstance(check, Equal):
        return check.value != "" and not _ID.fullmatch(str(check.value))
    return not all(_DIGITS.issuperset(piece.lower()) for piece in check.pieces if isinstance(piece, str))


def written(check: Equal | Like) -> str:
    """Give a check as people write it."""
    if isinstance(check, Equal):
        return str(check.value)
    return "".join(piece if isinstance(piece, str) else "*" if piece is STAR else "?" for piece in check.pieces)


def _terms(name: str, ids: Sequence[str]) -> tuple[Node, ...]:
    if name and not ids:
        message = f"no host is called {name!r}, and no id begins so; `tramgac hosts` lists them"
        raise QueryError(message, "search_host_unknown", value=name)
    if len(ids) > MAX_TERMS:
        message = f"more than {MAX_TERMS} hosts are called so: ask for some of them"
        raise QueryError(message, "search_hosts", most=MAX_TERMS)
    return tuple(Term(_HOST, Equal(each)) for each in ids)
