"""The rules that ship with the product: a checkout's folder, or packed in one file where the package is installed.

Packed, because the package is installed on every host: an antivirus takes a text that looks for malware for malware.
"""

import json
import tempfile
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

CHECKOUT = Path(__file__).parents[2] / "content"
PACKED = "content.bin"
"""zlib of JSON, text by name; made by hatch_build.py."""
_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when the program ends


def texts() -> Mapping[str, str]:
    """Return all files by name (with /). Raises FileNotFoundError if the package was put together without them."""
    if CHECKOUT.is_dir():
        names = (path for path in sorted(CHECKOUT.rglob("*")) if path.is_file())
        return {path.relative_to(CHECKOUT).as_posix(): path.read_bytes().decode(_code(path.name)) for path in names}
    found: Mapping[str, str] = json.loads(zlib.decompress(files(__package__).joinpath(PACKED).read_bytes()))
    return found


def _code(name: str) -> str:
    """Return how the bytes of a file stand in a text: dictionaries for batches are no text."""
    return "latin-1" if name.endswith(".dictionary") else "utf-8"


def unpack(folder: Path) -> int:
    """Write the rules below a folder; return how many files. Raises OSError."""
    found = texts()
    for name, text in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(_code(name)))
    return len(found)


@cache
def folder() -> Path:
    """Return a folder with the rules: the checkout's own, or one that is there as long as this program runs."""
    if CHECKOUT.is_dir():
        return CHECKOUT
    _kept.append(tempfile.TemporaryDirectory(prefix="tramgac-rules-"))
    made = Path(_kept[-1].name)
    unpack(made)
    return made
