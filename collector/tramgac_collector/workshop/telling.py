"""A rule in words: what it looks at and what must hold there, as an indented list."""

from collections.abc import Iterator, Sequence

from tramgac_rules.authoring.telemetry import ANY, CHANNEL, SERVICE, needed
from tramgac_rules.authoring.texts import Text, Words
from tramgac_rules.explain import pattern
from tramgac_rules.rule import LogSource, Rule
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection

MOST = 12
"""So many values of a list are told; the others are counted."""


class Tell(Words):
    """A part of what is told."""

    LOOKS_AT = "Looks at: {what}", "Xem xét: {what}"
    NOTHING = "Looks at events that nothing we know of gives", "Xem xét sự kiện mà chưa nguồn nào cung cấp"
    EVENTS = "{capability} events of our agents", "sự kiện {capability} của tác tử"
    CHANNEL = "Windows channel {name}", "kênh Windows {name}"
    SERVICE = "log lines of {name}", "dòng nhật ký của {name}"
    ANY_EVENT = "all events of the system", "mọi sự kiện của hệ thống"
    ALL = "all of:", "tất cả:"
    SOME = "at least one of:", "ít nhất một trong:"
    NOT = "not:", "không có:"
    NAMED = "{name}: {what}", "{name}: {what}"
    IS = "is", "là"
    CONTAINS = "contains", "chứa"
    STARTS = "begins with", "bắt đầu bằng"
    ENDS = "ends with", "kết thúc bằng"
    WILD = "looks like", "có dạng"
    RE = "matches the expression", "khớp biểu thức"
    IN = "lies in the network", "thuộc mạng"
    MISSING = "{field} is missing", "thiếu {field}"
    THERE = "{field} is there", "có {field}"
    COMPARED = "{field} {value}", "{field} {value}"
    SAME = "{field} is the same as {other}", "{field} giống {other}"
    HOLDS = "{field} contains what stands in {other}", "{field} chứa giá trị của {other}"
    BEGINS = "{field} begins with what stands in {other}", "{field} bắt đầu bằng giá trị của {other}"
    FINISHES = "{field} ends with what stands in {other}", "{field} kết thúc bằng giá trị của {other}"
    TIME = "the {part} of {field} is {value}", "{part} của {field} là {value}"
    MINUTE = "minute", "phút"
    HOUR = "hour", "giờ"
    DAY = "day of the month", "ngày trong tháng"
    WEEK = "week of the year", "tuần trong năm"
    MONTH = "month", "tháng"
    YEAR = "year", "năm"
    VALUE = "{field} {verb} {value}", "{field} {verb} {value}"
    VALUES = "{field} {verb} one of {values}", "{field} {verb} một trong {values}"
    MORE = "{values} and {count} more", "{values} và {count} giá trị nữa"
    ANYWHERE = "any field", "bất kỳ trường nào"
    CASED = "{said} (letters' case counts)", "{said} (phân biệt hoa thường)"


_VERBS = {
    "eq": Tell.IS,
    "contains": Tell.CONTAINS,
    "startswith": Tell.STARTS,
    "endswith": Tell.ENDS,
    "wild": Tell.WILD,
    "re": Tell.RE,
    "cidr": Tell.IN,
}
_REFERENCES = {"eq": Tell.SAME, "contains": Tell.HOLDS, "startswith": Tell.BEGINS, "endswith": Tell.FINISHES}
_PARTS = {
    "minute": Tell.MINUTE,
    "hour": Tell.HOUR,
    "day": Tell.DAY,
    "week": Tell.WEEK,
    "month": Tell.MONTH,
    "year": Tell.YEAR,
}


def titled(rule: Rule) -> Text:
    """Return a rule's title in both languages; the English one for both where there is no other."""
    return Text(rule.title, rule.about.title_vi or rule.title)


def looks_at(source: LogSource) -> Text:
    """Return what a rule of this log source looks at."""
    parts = [_place(need) for need in sorted(needed(source))]
    if not parts:
        return Tell.NOTHING.of()
    return Tell.LOOKS_AT.of(what=Text("; ".join(parts), "; ".join(part.vi for part in parts)))


def outline(node: Node, depth: int = 0) -> Iterator[tuple[int, Text]]:
    """Yield what must hold, a line each with its depth."""
    match node:
        case Selection(name, part):
            yield from _named(name, part, depth)
        case And(parts) if len(parts) > 1:
            yield depth, Tell.ALL.of()
            for part in parts:
                yield from outline(part, depth + 1)
        case Or(parts) if len(parts) > 1:
            alike = _alike(parts)
            if alike is not None:
                yield depth, alike
                return
            yield depth, Tell.SOME.of()
            for part in parts:
                yield from outline(part, depth + 1)
        case And((part,)) | Or((part,)):
            yield from outline(part, depth)
        case Not(part):
            yield depth, Tell.NOT.of()
            yield from outline(part, depth + 1)
        case Atom():
            yield depth, _atom(node)


def _named(name: str, part: Node, depth: int) -> Iterator[tuple[int, Text]]:
    first, *rest = outline(part, depth)
    yield depth, Tell.NAMED.of(name=name, what=first[1])
    yield from rest


def _place(need: str) -> Text:
    if need == ANY:
        return Tell.ANY_EVENT.of()
    for prefix, word in ((CHANNEL, Tell.CHANNEL), (SERVICE, Tell.SERVICE)):
        if need.startswith(prefix):
            return word.of(name=need.removeprefix(prefix))
    return Tell.EVENTS.of(capability=need)


def _alike(parts: Sequence[Node]) -> Text | None:
    """Return alternatives that ask the same of one field as one sentence."""
    atoms = [part for part in parts if isinstance(part, Atom)]
    first = atoms[0] if atoms else None
    if first is None or len(atoms) < len(parts) or first.op not in _VERBS:
        return None
    if any((one.field, one.op, one.cased) != (first.field, first.op, first.cased) for one in atoms):
        return None
    shown = ", ".join(map(_value, atoms[:MOST]))
    values = Text(shown) if len(atoms) <= MOST else Tell.MORE.of(values=shown, count=len(atoms) - MOST)
    said = Tell.VALUES.of(field=_field(first), verb=_VERBS[first.op].of(), values=values)
    return Tell.CASED.of(said=said) if first.cased else said


def _atom(atom: Atom) -> Text:
    said = _said(atom, _field(atom))
    return Tell.CASED.of(said=said) if atom.cased else said


def _said(atom: Atom, field: Text) -> Text:
    if atom.op == "null" or (atom.op == "exists" and atom.value is False):
        return Tell.MISSING.of(field=field)
    if atom.op in ("exists", "any"):
        return Tell.THERE.of(field=field)
    if atom.op == "fieldref" and isinstance(atom.value, tuple):
        other, how = atom.value
        return _REFERENCES[str(how)].of(field=field, other=other)
    if atom.op in _VERBS:
        return Tell.VALUE.of(field=field, verb=_VERBS[atom.op].of(), value=_value(atom))
    part = atom.op.partition("_")[0]
    if part in _PARTS:
        return Tell.TIME.of(part=_PARTS[part].of(), field=field, value=pattern(atom).removeprefix(f"{part} "))
    return Tell.COMPARED.of(field=field, value=pattern(atom))


def _value(atom: Atom) -> str:
    """Return a value in quotes; one with wildcards as its author would write it."""
    return repr(pattern(atom) if atom.op == "wild" else str(atom.value))


def _field(atom: Atom) -> Text:
    return Text(atom.field) if atom.field is not None else Tell.ANYWHERE.of()
