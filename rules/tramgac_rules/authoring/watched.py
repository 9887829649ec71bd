"""Which rules begin under watch, because of what their authors or the folder that they lie in say.

Watched rules are counted at the collector and raise nothing until somebody there promotes them. Everything else alerts
from the start: whoever signs a rule of his own that is no experiment answers for it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.compile import Compiled
from tramgac_rules.authoring.files import RuleFile
from tramgac_rules.authoring.importing.manifest import imported

HUNTING, EXPERIMENTAL, IMPORTED = "hunting", "experimental", "imported"
"""Why a rule is watched. The first two are never promoted together with others."""
_UNPROVEN = ("experimental", "deprecated", "unsupported")
_HUNTING = "detection.threat-hunting"


def why(status: str, tags: Collection[str], *, taken: bool) -> str:
    """Return why a rule is to be watched, empty if it is to alert. `taken`: it lies in a folder of imported rules."""
    if _HUNTING in (tag.lower() for tag in tags):
        return HUNTING
    if status in _UNPROVEN:
        return EXPERIMENTAL
    return IMPORTED if taken else ""


def watched(compiled: Compiled, files: Iterable[RuleFile]) -> dict[str, str]:
    """Return the rules and correlations that are to be watched, and why, by id. `files`: what was compiled."""
    known: dict[Path, bool] = {}
    taken = {file.name for file in files if imported(file.path, known)}
    reasons = {number: why(status, tags, taken=name in taken) for number, status, tags, name in entries(compiled)}
    return {number: reason for number, reason in reasons.items() if reason}


def entries(compiled: Compiled) -> Iterator[tuple[str, str, list[str], str]]:
    """Yield id, status, tags and file's name of each rule and correlation that compiled."""
    said: Mapping[str, Any] = compiled.about
    pack: Mapping[str, Any] = compiled.pack
    for entry in (*pack["rules"], *pack["correlations"]):
        number = entry["id"]
        yield number, entry.get("status", ""), entry.get("tags", []), said["about"].get(number, {}).get("path", "")
