"""From a source to a folder of rules that compile, texts as they are, with the paper that says whose they are."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.compile import Compiled, compile_rules
from tramgac_rules.authoring.files import SIGMA
from tramgac_rules.authoring.importing import manifest, origin
from tramgac_rules.authoring.importing.origin import Origin
from tramgac_rules.authoring.importing.reading import Found, read_source, top
from tramgac_rules.authoring.importing.words import Taken
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.watched import entries, why
from tramgac_rules.errors import ImportRefused

_RULES = "rules"
"""How folders of rules are called in SigmaHQ; what lies beside them is no rule in force."""
_OVER = ("deprecated", "unsupported")
"""Statuses, and folders, of rules that their authors gave up."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import: how many rules and files were taken, and the manifest that was written.

    `left`: what was not taken, each with its place and why. `noted`: problems of what was taken. Both by the files'
    names in the source. `aside`: files beside the folders of rules, by folder.
    """

    rules: int
    files: int
    left: tuple[Problem, ...]
    noted: tuple[Problem, ...]
    aside: Mapping[str, int]
    manifest: Mapping[str, Any]


@dataclass(slots=True)
class _Chosen:
    """The files of a source: those that may hold rules, licences, and what is not taken."""

    rules: dict[str, bytes] = field(default_factory=dict)
    licences: dict[str, bytes] = field(default_factory=dict)
    left: list[Problem] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)


def import_rules(source: Path, to: Path) -> Imported:
    """Take the rules of a SigmaHQ checkout, or of a release of it (zip, tar, tar.gz), into the folder `to`.

    A folder of an earlier import is replaced as a whole, unless somebody changed it. Raises ImportRefused: nothing was
    changed then; OSError: the source or the folder cannot be opened.
    """
    _check_place(to)
    found = read_source(source, _wanted)
    names = [*found.files, *(name for name, _ in found.left)]
    above = "" if source.is_dir() else top(names)
    whence = origin.of_folder(source) if source.is_dir() else origin.of_archive(source, above, found.note, found.files)
    chosen = _choose(found, above)
    to.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
    try:
        taken = _fill(stage, chosen, whence)
        if not taken.files:
            raise ImportRefused(_nothing(source, taken.left))
        _put(stage, to)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return taken


def _nothing(source: Path, left: Sequence[Problem]) -> str:
    if left:
        return Taken.ALL_FAULTY.of(source=source, fault=left[0].told)
    return Taken.NO_RULES.of(source=source)


def _wanted(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.lower().endswith(SIGMA) or origin.is_licence(last) or last == "version.txt"


def _choose(found: Found, above: str) -> _Chosen:
    """Tell what may hold rules from the rest, by folder."""
    chosen = _Chosen()
    left = {name.removeprefix(above): why for name, why in found.left}
    files = {name.removeprefix(above): data for name, data in found.files.items()}
    rules = [name for name in (*files, *left) if name.lower().endswith(SIGMA)]
    sorted_out = any(_first(name).startswith(_RULES) for name in rules)
    for name in rules:
        if _beside(_first(name), sorted_out=sorted_out):
            chosen.aside[_first(name)] += 1
        elif name in files:
            chosen.rules[name] = files[name]
    chosen.left = [
        Problem(name, 1, 1, "error", "unreadable", why)
        for name, why in left.items()
        if not _beside(_first(name), sorted_out=sorted_out)
    ]
    chosen.licences = {name: data for name, data in files.items() if origin.is_licence(name)}
    return chosen


def _first(name: str) -> str:
    """Return the folder at the top that a file lies in; "." for none."""
    return name.partition("/")[0] if "/" in name else "."


def _beside(folder: str, *, sorted_out: bool) -> bool:
    """Tell whether a folder at the top holds no rules in force. `sorted_out`: there are such that say they do."""
    hidden = folder.startswith(".") and folder != "."
    return hidden or folder in _OVER or (sorted_out and not folder.startswith(_RULES))


def _fill(stage: Path, chosen: _Chosen, whence: Origin) -> Imported:
    """Write the files that compile, and the manifest; whole files are taken or left."""
    files = dict(chosen.rules)
    for name, data in (*files.items(), *chosen.licences.items()):
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    left = list(chosen.left)
    compiled = compile_rules([stage])
    while faults := _faults(compiled, stage):  # a correlation may refer to what was left out, so once more
        left += faults
        for name in {fault.path for fault in faults}:
            del files[name]
            (stage / name).unlink()
        compiled = compile_rules([stage])
    licence = origin.licence(chosen.licences)
    reasons = Counter(why(status, tags, taken=True) for _, status, tags, _ in entries(compiled))
    told = {
        "source": whence.as_json(),
        "licence": licence,
        "licence_files": sorted(chosen.licences),
        "imported": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "files": len(files),
        "rules": reasons.total(),
        "watch": dict(sorted(reasons.items())),
        "left_out": dict(sorted(Counter(fault.kind for fault in left).items())),
    }
    manifest.write(stage, told, {**files, **chosen.licences})
    noted = tuple(_named(found, stage) for found in compiled.problems)
    return Imported(reasons.total(), len(files), tuple(sorted(left)), noted, dict(sorted(chosen.aside.items())), told)


def _faults(compiled: Compiled, stage: Path) -> list[Problem]:
    """Return why files are not taken: an error in them, or that their authors gave them up; by names in the source."""
    faults = [_named(found, stage) for found in compiled.errors]
    for _, status, _, name in entries(compiled):
        if status in _OVER:
            said = Taken.GIVEN_UP.of(status=status)
            faults.append(Problem(name, 1, 1, "error", "status", said, Taken.LOOK_FOR.of()))
    return faults


def _named(found: Problem, stage: Path) -> Problem:
    return replace(found, path=Path(found.path).relative_to(stage).as_posix())


def _check_place(to: Path) -> None:
    """Refuse a folder that is not an import's, or that somebody changed."""
    if not to.exists() or (to.is_dir() and not any(to.iterdir())) or (to.is_dir() and manifest.untouched(to)):
        return
    raise ImportRefused(Taken.CHANGED.of(to=to))


def _put(stage: Path, to: Path) -> None:
    """Put a folder in place of the one before."""
    stage.chmod(0o755)  # mkdtemp's are private
    if to.exists():
        before = stage.with_name(f"{stage.name}.before")
        to.rename(before)
        stage.rename(to)
        shutil.rmtree(before)
    else:
        stage.rename(to)
