"""The texts of the rules on offer, for people: the signed target beside the compiled bundle."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from backports.zstd import ZstdDecompressor, ZstdError
from tramgac_wire.limits import MAX_BUNDLE

from tramgac_collector import content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tramgac_collector.paths import StatePaths

TARGET: Final = "sources.json.zst"


def texts(paths: StatePaths, trust: Path) -> Mapping[str, str]:
    """Give the texts by path, of the version that was verified last into the folder `trust`.

    They are for reading only, so texts that are absent, or are not what the signature says, are no texts.
    """
    try:
        targets = json.loads((trust / "targets.json").read_bytes())["signed"]["targets"]
        digest = str(targets[TARGET]["hashes"]["sha256"])
        packed = content.fetch(paths, f"targets/{digest}.{TARGET}")
        if hashlib.sha256(packed).hexdigest() != digest:
            return {}
        told = json.loads(ZstdDecompressor().decompress(packed, max_length=MAX_BUNDLE))
    except (OSError, ValueError, KeyError, TypeError, ZstdError):
        return {}
    return {str(path): str(text) for path, text in told.items()} if isinstance(told, dict) else {}
