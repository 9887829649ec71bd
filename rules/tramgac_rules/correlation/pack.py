"""The compiled form of correlations: a list of JSON objects, each after those that it refers to.

    {"id": ..., "title": ..., ..., "type": "event_count",
     "rules": [ID, ...], "group_by": ["User"], "fields": [["TargetUserName"], ...], "values": [[], ...],
     "span": 600, "condition": {"bounds": [["gte", 10]]}, "percentile": 50, "generate": false}

What is known of it stands as in a rule; what it says to people is in about.py's part. `fields` and `values` have an
entry for each of the rules, `span` is in seconds. A condition in words is {"ways": [[[0, 1], [2]], ...], "text": "a and
b and not c"}: places of rules that must be met, and must not. Nothing is believed unchecked.
"""

from collections.abc import Mapping, Sequence

from tramgac_rules.about import Book
from tramgac_rules.correlation.condition import OPERATORS, Bounds, Condition, Ways
from tramgac_rules.correlation.extract import HOSTS, Correlations
from tramgac_rules.correlation.model import FIGURES, MAX_MEMBERS, MAX_RULES, TEMPORAL, TYPES, Correlation
from tramgac_rules.errors import PackError
from tramgac_rules.rule import Rule

MAX_CORRELATIONS = 5_000
MAX_GROUP_BY = 16
MAX_WAYS = 64
MAX_SPAN = 10 * 31_556_952  # seconds: ten years
_MAX_TEXT = 65_536
_MAX_TEXTS = 10_000
_LEVELS = ("informational", "low", "medium", "high", "critical")
_TEXTS = ("id", "title", "status", "digest")
SECOND = 1_000_000_000


def load(
    pack: Mapping[str, object], rules: Mapping[str, Rule], book: Book | None = None, *, further: bool = True
) -> Correlations:
    """Return the correlations of a rule set with these rules. Raises PackError.

    `book`: what they say to people (about.py). `further`: as `sources.routes`.
    """
    reader = _Reader(rules, book or Book())
    for index, entry in enumerate(_list(pack.get("correlations", []), "correlations", MAX_CORRELATIONS)):
        if not isinstance(entry, dict):
            raise PackError(f"correlations[{index}]: an object is expected")
        reader.take(entry, f"correlations[{index}]")
    return Correlations(tuple(reader.found.values()), rules, further=further)


class _Reader:
    """Correlations that were read, by their ids, and which of their group-by values are the host."""

    def __init__(self, rules: Mapping[str, Rule], book: Book) -> None:
        self._book = book
        self.found: dict[str, Correlation] = {}
        self._rules = rules
        self._hosts: dict[str, set[str]] = {}

    def take(self, entry: Mapping[str, object], where: str) -> None:
        """Read the next one."""
        names = self._names(entry, f"{where}.rules")
        group_by = _texts(entry.get("group_by"), f"{where}.group_by", MAX_GROUP_BY)
        fields = _rows(entry.get("fields"), len(names), f"{where}.fields")
        values = _rows(entry.get("values"), len(names), f"{where}.values")
        self._check_fields(names, group_by, fields, values, where)
        kind, span = entry.get("type"), entry.get("span")
        if not isinstance(kind, str) or kind not in TYPES:
            raise PackError(f"{where}.type: {str(kind)[:40]!r} is none")
        _check_values(kind, values, f"{where}.values")
        if not isinstance(span, int) or isinstance(span, bool) or not 0 < span <= MAX_SPAN:
            raise PackError(f"{where}.span: whole seconds are expected, at most {MAX_SPAN}")
        rule = _rule(entry, group_by, self._book, where)
        if rule.id in self.found or rule.id in self._rules:
            raise PackError(f"{where}: another rule has the id {rule.id}")
        hosts = {name for place, name in enumerate(group_by) if self._is_host(names, fields, place)}
        self._hosts[rule.id] = hosts
        self.found[rule.id] = Correlation(
            rule=rule,
            type=kind,
            rules=names,
            group_by=group_by,
            fields=fields,
            values=values,
            span=span * SECOND,
            condition=_condition(entry.get("condition"), kind, len(names), f"{where}.condition"),
            percentile=_percentile(entry.get("percentile", 50), f"{where}.percentile"),
            by_host=bool(hosts),
            generate=entry.get("generate") is True,
        )

    def _names(self, entry: Mapping[str, object], where: str) -> tuple[str, ...]:
        names = _texts(entry.get("rules"), where, MAX_RULES)
        if not names or len(set(names)) < len(names):
            raise PackError(f"{where}: rules are expected, each once")
        for name in names:
            if name not in self._rules and name not in self.found:
                raise PackError(f"{where}: {name[:60]!r} is neither a rule nor a correlation before this one")
        return names

    def _check_fields(
        self,
        names: tuple[str, ...],
        group_by: tuple[str, ...],
        fields: tuple[tuple[str, ...], ...],
        values: tuple[tuple[str, ...], ...],
        where: str,
    ) -> None:
        if len(set(group_by)) < len(group_by) or any(len(row) != len(group_by) for row in fields):
            raise PackError(f"{where}.fields: a field for each group-by is expected, and these differ")
        for name, *rows in zip(names, fields, values, strict=True):
            if name in self.found and not {*rows[0], *rows[1]} <= {*self.found[name].group_by}:
                raise PackError(f"{where}.fields: {name} does not group by all of these")

    def _is_host(self, names: tuple[str, ...], fields: tuple[tuple[str, ...], ...], place: int) -> bool:
        """Tell whether a group-by value is the host that the event came from, whichever rule it met."""
        return all(
            row[place] in self._hosts[name] if name in self._hosts else row[place].lower() in HOSTS
            for name, row in zip(names, fields, strict=True)
        )


def _check_values(kind: str, values: tuple[tuple[str, ...], ...], where: str) -> None:
    """See that a type has as many fields to count or reckon with as it takes: one, some, or none."""
    counts = {len(row) for row in values}
    good = counts == {1} if kind in FIGURES else len(counts) == 1 and (0 not in counts) == (kind == "value_count")
    if not good:
        raise PackError(f"{where}: {kind} does not take these")


def _condition(value: object, kind: str, rules: int, where: str) -> Condition:
    match value:
        case {"bounds": [_, *_] as pairs} if len(pairs) <= len(OPERATORS):
            bounds = Bounds(tuple(_bound(pair, where) for pair in pairs))
            if kind == "value_count" and any(number > MAX_MEMBERS for _, number in bounds.pairs):
                raise PackError(f"{where}: at most {MAX_MEMBERS} values are counted")
            return bounds
        case {"ways": [_, *_] as ways, "text": str(text)} if len(ways) <= MAX_WAYS and len(text) <= _MAX_TEXT:
            if kind in TEMPORAL:
                return Ways(tuple(_way(way, rules, where) for way in ways), text)
    raise PackError(f"{where}: {str(value)[:60]} is none for {kind}")


def _bound(pair: object, where: str) -> tuple[str, int | float]:
    match pair:
        case [str(name), int() | float() as number] if name in OPERATORS and not isinstance(number, bool):
            if abs(number) < float("inf"):
                return name, number
    raise PackError(f"{where}: an operator and a number are expected")


def _way(way: object, rules: int, where: str) -> tuple[int, int]:
    match way:
        case [[_, *_] as wanted, [*refused]]:
            bits = [_bits(places, rules, where) for places in (wanted, refused)]
            if not bits[0] & bits[1]:
                return bits[0], bits[1]
    raise PackError(f"{where}: places of rules to be met, and of others not to be met, are expected")


def _bits(places: Sequence[object], rules: int, where: str) -> int:
    """Return places of rules as bits of turns, which count from the last."""
    found = 0
    for place in places:
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < rules:
            raise PackError(f"{where}: there is no rule {str(place)[:20]}")
        found |= 1 << (rules - 1 - place)
    return found


def _percentile(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100:  # noqa: PLR2004 - percent
        return float(value)
    raise PackError(f"{where}: a number from 0 to 100 is expected")


def _rule(entry: Mapping[str, object], group_by: tuple[str, ...], book: Book, where: str) -> Rule:
    """Return a correlation as a detection refers to it."""
    texts = {key: _text(entry.get(key, ""), f"{where}.{key}") for key in _TEXTS}
    tags = _texts(entry.get("tags", []), f"{where}.tags", _MAX_TEXTS)
    level = entry.get("level")
    if not texts["id"] or not isinstance(level, str) or level not in _LEVELS:
        raise PackError(f"{where}: an id and a level are expected")
    return Rule(level=level, tags=tags, fields=group_by, book=book, **texts)  # type: ignore[arg-type]  # by name


def _list(value: object, where: str, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise PackError(f"{where}: a list of at most {most} is expected")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise PackError(f"{where}: a text of at most {_MAX_TEXT} characters is expected")
    return value


def _texts(value: object, where: str, most: int) -> tuple[str, ...]:
    return tuple(_text(item, where) for item in _list(value, where, most))


def _rows(value: object, count: int, where: str) -> tuple[tuple[str, ...], ...]:
    rows = tuple(_texts(row, where, MAX_GROUP_BY) for row in _list(value, where, MAX_RULES))
    if len(rows) != count:
        raise PackError(f"{where}: a list for each of the rules is expected")
    return rows
