"""Write what exports look like: `python -m tests.golden.exported`; a line each record, a file each format."""

from __future__ import annotations

from pathlib import Path

from tramgac_collector.export import formats
from tramgac_collector.export.values import VERSION

from tests.collector.export import made

FOLDER = Path(__file__).parent / "export"


def lines(name: str) -> str:
    """What a format makes of the records; the program's version is not part of it."""
    found = [formats.make(name).encode(record).decode() for record in (*made.events(), *made.alerts())]
    told = "\n".join(found) + "\n"
    return told.replace(f'"{VERSION}"', '"VERSION"').replace(f"|{VERSION}|", "|VERSION|")


def main() -> None:
    """Write all files, as they are now."""
    FOLDER.mkdir(exist_ok=True)
    for name in formats.FORMATS:
        (FOLDER / f"{name}.txt").write_text(lines(name), "utf-8")


if __name__ == "__main__":
    main()
