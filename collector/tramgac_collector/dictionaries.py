"""Dictionaries that agents may compress with: those of the content on offer and the last ones before it.

`DIR/content/dictionaries/NUMBER.dictionary` (8 hexadecimal digits). What came compressed with one is kept without
(`tramgac_wire.batch.settle`): one that is lost makes nothing unreadable, agents send without it.
"""

import os
from collections.abc import Callable
from pathlib import Path

import structlog
from tramgac_wire import whole
from tramgac_wire.content import SYSTEMS, beside, dictionary_name
from tramgac_wire.dictionary import Dictionaries, Dictionary
from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_DICTIONARIES

from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused

_SUFFIX = ".dictionary"
_log = structlog.get_logger(__name__)


def verified(trust: Path, fetch: Callable[[str], bytes]) -> list[Dictionary]:
    """Return the dictionaries of content whose trust folder this is. `fetch`: gives a file of its repository.

    Raises:
        ContentRefused: one is not what was signed, or no dictionary.

    """
    try:
        found = (beside(trust, dictionary_name(system), fetch) for system in SYSTEMS)
        return [Dictionary(content) for content in found if content is not None]
    except ContentError as error:
        raise ContentRefused(str(error)) from error


def keep(paths: StatePaths, fresh: list[Dictionary]) -> None:
    """Put dictionaries beside those that are known; the oldest above MAX_DICTIONARIES go."""
    folder = _folder(paths)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for dictionary in fresh:
        file = folder / f"{dictionary.number:08x}{_SUFFIX}"
        if file.exists():
            os.utime(file)
        else:
            whole.write(file, dictionary.content)
    for file in _newest(folder)[MAX_DICTIONARIES:]:
        file.unlink()


def known(paths: StatePaths) -> Dictionaries:
    """Read those that are kept, by number, the newest first; what cannot be read is passed over."""
    found: dict[int, Dictionary] = {}
    for file in _newest(_folder(paths)):
        try:
            dictionary = Dictionary(file.read_bytes())
        except (OSError, ContentError) as error:
            _log.warning("a dictionary cannot be read; agents send without it", file=str(file), error=str(error))
            continue
        found[dictionary.number] = dictionary
    return found


def _folder(paths: StatePaths) -> Path:
    return paths.content / "dictionaries"


def _newest(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: (-file.stat().st_mtime_ns, file.name))
