"""Sets of indicators in few words, for tests."""

from tramgac_rules.indicators import About, Indicators, values
from tramgac_rules.indicators.about import HASHES
from tramgac_rules.indicators.packing import pack
from tramgac_rules.record import Record

BAD = About("high", "a list", "seen in an attack")


def entry(kind, value):
    """The table and the bytes of an indicator."""
    if kind in HASHES:
        return kind, values.digest(value, HASHES[kind])
    if kind == "address":
        packed = values.address(value)
        return f"address{4 if len(packed) == 4 else 6}", packed
    if kind == "network":
        packed, prefix = values.network(value)
        return f"network{4 if len(packed) == 4 else 6}", packed + bytes([prefix])
    return kind, value.encode()


def packed(*listed, about=BAD):
    """A set as bytes; each indicator is (kind, value) or (kind, value, About)."""
    tables, abouts = {}, []
    for kind, value, *own in listed:
        table, key = entry(kind, value)
        tables.setdefault(table, {})[key] = len(abouts)
        abouts.append(own[0] if own else about)
    return pack(tables, abouts)


def opened(*listed, **more):
    return Indicators(packed(*listed, **more))


def record(kind="event_log", event_id="", **fields):
    return Record(fields, "windows", kind, "Security", event_id)


def met(indicators, record_, time=0):
    """Kind, value and what the span shows of each hit."""
    hits = indicators.match(record_, time)
    return [(hit.kind, hit.value, hit.text[slice(*hit.span)]) for hit in hits]
