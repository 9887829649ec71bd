"""Events in the words of other systems, as exports tell them: `tramgac events --format`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.export_words import Formatted
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.terminal import visible


def known(name: str) -> str:
    """Return the name of a format. Raises Misuse if there is none of that name."""
    from tramgac_collector.export.formats import FORMATS

    if name not in FORMATS:
        raise Misuse(say(Formatted.UNKNOWN, name=name, names=", ".join(FORMATS)))
    return name


def write_events(rows: Iterable[dict[str, Any]], name: str, names: Mapping[str, str]) -> None:
    """Write events, a line each, as a format has them; `names`: what hosts are called, by id.

    Raises Misuse for rows that are no events: what `| count by` counted.
    """
    from tramgac_collector.export import formats, records

    encode = formats.make(name).encode
    for row in rows:
        if "sequence" not in row:
            raise Misuse(say(Formatted.COUNTED))
        line = encode(records.of_event(row, names.get(row["host"], ""))).decode()
        sys.stdout.write((visible(line) if sys.stdout.isatty() else line) + "\n")
        sys.stdout.flush()
