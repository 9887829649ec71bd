"""Which hosts a search means by a name, by a pattern of names, or by how an id begins."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tramgac_collector.schema import HostRow
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.tree import Equal, Like, Place, Term

_BEGINNING: Final = re.compile(r"[0-9a-f]{8,31}")


def fitting(s: Session, check: Equal | Like) -> list[str]:
    """Return the ids of the hosts that fit; a name as a whole and by its case, a pattern without regard to case."""
    if isinstance(check, Like):
        fits = asked(Term(Place("host"), check))
        return [each for each, name in s.execute(select(HostRow.id, HostRow.hostname)) if fits({"host": name})]
    text = str(check.value)
    called = HostRow.hostname == text
    if _BEGINNING.fullmatch(text):
        called = or_(called, HostRow.id.between(text, text + "g"))  # g follows every hexadecimal digit
    return list(s.scalars(select(HostRow.id).where(called).order_by(HostRow.id)))
