"""Looks for a set of indicators in events.

A value that comes for the first time costs a look-up or two in sorted tables (table.py); one that met nothing before
costs a look into a set (watch.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from tramgac_rules.alike import Alike
from tramgac_rules.indicators import fields
from tramgac_rules.indicators.about import HASHES, About
from tramgac_rules.indicators.finders import Finders
from tramgac_rules.indicators.layout import TEXTS, kind_of
from tramgac_rules.indicators.opening import Buffer, open_set
from tramgac_rules.indicators.watch import Alternatives, Found, Watch
from tramgac_rules.record import Record

MAX_TEXT = 32_768
"""Characters of a value that are looked at."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator that an event met: its kind and value, what is known of it, and where: characters of a field."""

    kind: str
    value: str
    about: About
    field: str
    text: str
    span: tuple[int, int]


class Indicators:
    """A set of indicators, ready to match. Not to be shared between threads.

    Args:
        data: the set (layout.py); it must stay as it is. Raises IndicatorError if it is not as it should be.
    """

    def __init__(self, data: Buffer) -> None:
        """Open the set."""
        self._set = open_set(data)
        self._finders = Finders(self._set)
        watches = self._finders.useful()
        self._plans = {
            kind: tuple((name, watches[held]) for name, held in plan if held in watches)
            for kind, plan in fields.PLANS.items()
        }
        self._data = {name: watches[held] for name, held in fields.DATA.items() if held in watches}
        self._starts = {name: watches[held] for name, held in fields.STARTS.items() if held in watches}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many indicators of each kind there are."""
        found: dict[str, int] = {}
        for name, count in self._set.counts().items():
            found[kind_of(name)] = found.get(kind_of(name), 0) + count
        return found

    def match(self, record: Record, time: int = 0) -> list[Hit]:
        """Return what a record meets; `time` is when it happened, ns, 0 for not known."""
        hits: list[Hit] = []
        plan = self._plans.get(record.kind)
        if plan is None:
            watches = self._starts if record.event_id == "1" else self._data
            for name, value in record.fields.items():
                if name in watches and value not in watches[name].clean:
                    hits += self._look(name, watches[name], value, time)
            return hits
        values = record.fields
        for name, watch in plan:
            seen = values.get(name)
            if seen is not None and seen not in watch.clean:
                hits += self._look(name, watch, seen, time)
        return hits

    def look_over(self, alike: Alike) -> set[int]:
        """Return which of many events may meet something, by their index; `match` tells what, and whether it counts."""
        if alike.odd:
            return set(range(len(alike)))
        plan = self._plans.get(alike.place.kind)
        if plan is None:
            plan = tuple((self._starts if alike.place.event_id == "1" else self._data).items())
        found: set[int] = set()
        for name, watch in plan:
            for index, value in enumerate(alike.column(name) or ()):
                if value is not None and value not in watch.clean and self._look(name, watch, value, 0):
                    found.add(index)
        return found

    def hash_hit(self, kind: str, digits: str, time: int = 0) -> Hit | None:
        """Return the indicator of one digest in hexadecimal, None if there is none. Any thread may ask."""
        return next(self._told(kind, digits, self._finders.hashes(digits, kind), time), None)

    def _look(self, name: str, watch: Watch, value: str | tuple[str, ...], time: int) -> Sequence[Hit]:
        if not isinstance(value, str):
            return [hit for text in value if text not in watch.clean for hit in self._look(name, watch, text, time)]
        found = watch.look(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])
        return list(self._told(name, value, found, time)) if found else ()

    def _told(self, field: str, text: str, found: Sequence[Alternatives], time: int) -> Iterator[Hit]:
        """Yield the first of each group of alternatives that still counts."""
        for alternatives in found:
            for it in alternatives:
                expires = self._set.abouts.expires[it.table.about(it.entry)]
                if not expires or time < expires:
                    yield self._hit(it, field, text)
                    break

    def _hit(self, it: Found, field: str, text: str) -> Hit:
        about = self._set.abouts[it.table.about(it.entry)]
        return Hit(kind_of(it.name), shown(it.name, it.table.value(it.entry)), about, field, text, (it.start, it.end))


def shown(name: str, value: bytes) -> str:
    """Return a value of a table (layout.TABLES) as people write it."""
    if name in HASHES:
        return value.hex()
    if name in TEXTS:
        return value.decode("utf-8", "replace")
    if kind_of(name) == "network":
        return f"{ip_address(value[:-1])}/{value[-1]}"
    return str(ip_address(value))
