r"""Text from the system: bytes that should be UTF-8 and may not be.

What is not UTF-8 is written \xNN, so that nothing is lost and nothing downstream meets a broken
text. A backslash that was there before is left alone: `quality.invalid_text` tells the two apart.
"""

from __future__ import annotations


def decode(raw: bytes) -> tuple[str, bool]:
    r"""The text, and whether some bytes had to be written \xNN."""
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return raw.decode(errors="backslashreplace"), True


def clean(name: str) -> tuple[str, bool]:
    """The same for a text that Python decoded with `surrogateescape`, as paths and arguments are."""
    if name.isascii():
        return name, False
    try:
        name.encode()
    except UnicodeEncodeError:
        return decode(name.encode(errors="surrogateescape"))
    return name, False
