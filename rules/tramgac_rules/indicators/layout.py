r"""How a set of indicators lies in bytes: little-endian, used where it lies (a mapped file).

    b"TGIND\x00\r\n", length of the header (4 bytes), header, sections, each at a multiple of 8
    header: JSON, {"format": 1, "labels": N, "sections": {NAME: [first byte, bytes], ...}}

    texts.starts, texts                 sources and notes, UTF-8, one after another
    about.{expires,sources,notes,levels}    what is known: ns (8 bytes), texts (4 and 4), a place in LEVELS (1)
    TABLE.{keys,values,abouts}          digests, addresses; networks have .parents too (see table.py)
    TABLE.{keys,starts,values,abouts}   domains, URLs, paths, names: UTF-8
    labels                              of the longest domain

A table without entries has no sections.
"""

from collections.abc import Mapping
from typing import Literal

from tramgac_rules.indicators.about import HASHES

FORMAT = 1
MAGIC = b"TGIND\x00\r\n"
MAX_ENTRIES = 2_000_000
"""Indicators of one set."""
MAX_HEADER = 65_536
"""Bytes of the header."""
MAX_LABELS = 127
"""Labels of a domain."""

FIXED = {**HASHES, "address4": 4, "address6": 16}
"""Tables of values of one length, bytes."""
TEXTS = ("domain", "hostname", "url", "path", "name")
"""Tables of texts."""
NETWORKS = {"network4": 4, "network6": 16}
"""Tables of networks, with the length of an address, bytes."""
TABLES = (*FIXED, *TEXTS, *NETWORKS)

NUMBERS: Mapping[str, Literal["I", "Q"]] = {
    **dict.fromkeys(("keys", "starts", "abouts", "parents", "sources", "notes"), "I"),
    "expires": "Q",
}
"""Sections of numbers by the last part of their name, with `array`'s code; other sections are bytes."""


def kind_of(table: str) -> str:
    """Return the kind of the indicators of a table: addresses and networks have a table for each family."""
    return table.rstrip("46") if table in NETWORKS or table in ("address4", "address6") else table
