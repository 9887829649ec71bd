"""How values are told, whatever the format: scales of severity, techniques, text of one line."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from tramgac_proto.names import KINDS

VENDOR, PRODUCT = "Tram Gac", "tramgac"
VERSION = version("tramgac")
SEVERITIES: Mapping[str, int] = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
"""OCSF's severity_id by level."""
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line somewhere, or acts."""
_TECHNIQUE = re.compile(r"attack\.t(\d{4})(\.\d{3})?\Z", re.ASCII | re.IGNORECASE)
_TACTIC = re.compile(r"attack\.([a-z][a-z_-]+)\Z", re.ASCII)
_LETTERS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escaped(character: str) -> str:
    r"""Return a character that acts as what stands for it: \n, \r, \t, \xNN, \uNNNN."""
    code = ord(character)
    return _LETTERS.get(character) or (f"\\x{code:02x}" if code < 1 << 8 else f"\\u{code:04x}")


def one_line(text: str) -> str:
    """Return text for eyes, on one line."""
    return text if text.isprintable() else HIDDEN.sub(lambda found: escaped(found[0]), text)


def plain(value: object) -> str:
    """Return a number, boolean or text as text."""
    if type(value) is str:
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def techniques(tags: Iterable[str]) -> list[str]:
    """Return the ATT&CK ids among a rule's tags: T1059, T1059.001."""
    return [f"T{found[1]}{found[2] or ''}" for tag in tags if (found := _TECHNIQUE.match(tag))]


def tactics(tags: Iterable[str]) -> list[str]:
    """Return the ATT&CK tactics among a rule's tags, in words: "Credential Access"."""
    found = (_TACTIC.match(tag) for tag in tags)
    return [re.sub("[_-]", " ", match[1]).title() for match in found if match]


@functools.lru_cache(64)
def category(kind: str) -> tuple[str, str]:
    """Return ECS's event.category and event.type of a kind; of one that is not known here those of a host's."""
    known = KINDS.get(kind)
    first, _, second = (known.ecs_type if known else "host/info").partition("/")
    return first, second


def base_name(path: str) -> str:
    """Return the last part of a path, of whichever system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path
