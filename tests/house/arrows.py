"""Who imports whom among the modules of the product, wherever in a file the import stands."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.house.files import PACKAGES, ROOT

Graph = Mapping[str, frozenset[str]]


def modules(texts: Mapping[Path, str]) -> dict[str, str]:
    """The text of each module by its dotted name."""
    found = {}
    for path, text in texts.items():
        for package in PACKAGES:
            if path.is_relative_to(ROOT / package):
                parts = path.relative_to((ROOT / package).parent).with_suffix("").parts
                found[".".join(part for part in parts if part != "__init__")] = text
    return found


def graph(texts: Mapping[str, str]) -> Graph:
    """The modules that each module imports, of those there are."""
    return {name: frozenset(set(_imported(text)) & texts.keys() - {name}) for name, text in texts.items()}


def _imported(text: str) -> Iterator[str]:
    """Every name that could be a module's: `from a import b` may mean a or a.b."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from below
            yield node.module
