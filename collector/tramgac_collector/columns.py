r"""Column types of the control store that hold what hosts and people wrote.

Text from a host is data: it may hold NUL, which PostgreSQL refuses, or, from JSON, half a surrogate pair, which
no UTF-8 can hold. Both are written as an escape (``\x00``, ``\ud800``) on their way in, the same on every database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

MAX_NUMBER = (1 << 63) - 1
"""The largest number that a column holds."""


def fit(value: int) -> int:
    """Return the number, or the next to it that a column holds."""
    return max(-MAX_NUMBER, min(value, MAX_NUMBER))


def clean(text: str) -> str:
    r"""Return `text` as any database can hold it: NUL as ``\x00``, lone surrogates as ``\udXXX``."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def clean_document(value: object) -> Any:
    """Return a JSON document with every text in it cleaned, names of members included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): clean_document(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [clean_document(member) for member in value]
    return value


class Number(TypeDecorator[int]):
    """A 64-bit integer that SQLite can number rows with; what a host says beyond its range is cut to it."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return SQLite's own INTEGER, the only type that it numbers rows with."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Cut what goes in."""
        del dialect
        return None if value is None else fit(value)


class HostText(TypeDecorator[str]):
    """Text that a host or a person wrote, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean what goes in."""
        del dialect
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Short text that rows are found by: of our own making, but whoever looks for it may write anything."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean what is looked for."""
        del dialect
        return None if value is None else clean(value)


Hash = Key(64)
"""Lower-case hexadecimal of a SHA-256."""

HostId = Key(32)
"""Lower-case hexadecimal of the first 16 bytes of the SHA-256 of a host's public key."""


class Document(TypeDecorator[Any]):
    """A JSON document, cleaned on its way in. Whoever changes one assigns a new one."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Clean what goes in."""
        del dialect
        return clean_document(value)
