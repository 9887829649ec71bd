"""What a terminal is shown: text of hosts with nothing hidden in it, tables, colours only where they are wanted."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_PLAIN: Final = re.compile(r"[^\x00-\x7e]")
_TWO: Final = frozenset("WF")
_ENOUGH: Final = 400  # characters of one value in a table or sentence


def visible(text: str) -> str:
    r"""Give text with every control, format and bidi character as an escape (`\x1b`, `\u202e`), so none acts.

    Backslashes stay: the text is for eyes; `--json` is for machines.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code < 1 << 8:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def json_line(value: object) -> str:
    r"""Give a value as one line of JSON: letters as they are, what hides or acts as \uNNNN."""
    return _NOT_PLAIN.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    # Outside of texts JSON is ASCII, so what is escaped here stands in a text.
    return json.dumps(character)[1:-1] if unicodedata.category(character) in _HIDDEN else character


def shorten(text: str, width: int) -> str:
    """Cut text to a width, with an ellipsis."""
    return text if len(text) <= width else text[: width - 1] + "…"


def columns(text: str) -> int:
    """Give how many columns of a terminal a text takes: marks take none, East Asian letters two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in _TWO else 1
        for letter in text
    )


def table(rows: Iterable[Sequence[object]], out: TextIO | None = None, *, heads: Sequence[str] = ()) -> int:
    """Write rows in aligned columns, below their heads; gives how many there were, and writes nothing for none.

    The last column is as wide as it is.
    """
    out = out or sys.stdout
    shown = [[shorten(visible("" if cell is None else str(cell)), _ENOUGH) for cell in row] for row in rows]
    if not shown:
        return 0
    lines = [list(heads), *shown] if heads else shown
    widths = [max(columns(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = [cell + " " * (width - columns(cell)) for cell, width in zip(line[:-1], widths[:-1], strict=True)]
        out.write("  ".join([*cells, line[-1]]).rstrip() + "\n")
    return len(shown)


def complain(text: str) -> None:
    """Say what is wrong, on stderr; red on a terminal unless NO_COLOR is set."""
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    sys.stderr.write(f"\x1b[31m{text}\x1b[0m\n" if colour else f"{text}\n")
