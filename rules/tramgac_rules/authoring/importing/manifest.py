"""The paper that goes with imported rules: `tramgac-import.json` in their folder says whose they are.

Rules below a folder with such a file begin under watch wherever they are signed; one that is copied out of it is its
author's own. The file also has a digest of the folder, so that what somebody changed in it is never overwritten.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.importing.words import Taken
from tramgac_rules.errors import ImportRefused

MANIFEST = "tramgac-import.json"
FORMAT = 1


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return what names the files of a folder and all that is in them."""
    told = hashlib.sha256()
    for name in sorted(files):
        told.update(f"{len(name)}:{name}:{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return told.hexdigest()


def write(folder: Path, told: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Write the manifest of a folder that holds these files."""
    text = json.dumps({"format": FORMAT, **told, "digest": digest_of(files)}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", "utf-8")


def untouched(folder: Path) -> bool:
    """Tell whether a folder is as an import left it. Raises ImportRefused if its manifest cannot be read."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
        digest = told["digest"]
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError) as error:
        raise ImportRefused(Taken.ODD_MANIFEST.of(path=path)) from error
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            if file != path:
                found[file.relative_to(folder).as_posix()] = file.read_bytes() if file.is_file() else b""
    return bool(digest == digest_of(found))


def imported(file: Path, known: dict[Path, bool]) -> bool:
    """Tell whether a file lies below a folder with a manifest. `known`: folders looked at, for the next call."""
    for folder in file.resolve().parents:
        if folder not in known:
            known[folder] = (folder / MANIFEST).is_file()
        if known[folder]:
            return True
    return False
