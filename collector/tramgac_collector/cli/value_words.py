"""What values a field of a search takes, in words: the store's names of types say nothing to people."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair, say


class ValueWord(Pair):
    """What may stand behind a field's name."""

    NUMBER = "whole numbers, such as 443", "số nguyên, ví dụ 443"
    TRUTH = "true or false", "true hoặc false"
    TIME = "times, such as 2026-11-24T10:00:00Z", "thời điểm, ví dụ 2026-11-24T10:00:00Z"
    ADDRESS = "addresses and networks, such as 10.0.0.0/8", "địa chỉ và mạng, ví dụ 10.0.0.0/8"
    ID = "16 digits of 0-9 and a-f", "16 ký tự 0-9, a-f"


def values_of(name: str, type_: str) -> str:
    """Tell what a field takes, by its name and its type in the store; the type itself where it has no word."""
    if "UInt64" in type_ and name.endswith(("entity_id", ".id")):
        return say(ValueWord.ID)
    if "Int" in type_:
        return say(ValueWord.NUMBER)
    if type_.startswith("DateTime"):
        return say(ValueWord.TIME)
    known = {"Bool": ValueWord.TRUTH, "String": ValueWord.ADDRESS}.get(type_)
    return type_ if known is None else say(known)
