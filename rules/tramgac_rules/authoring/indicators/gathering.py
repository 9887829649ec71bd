"""Files of indicators to one set: each value once, with everything that is wrong, doubtful or left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError
from pathlib import Path
from typing import Final

from tramgac_rules.authoring.files import RuleFile, rule_files
from tramgac_rules.authoring.indicators import csvfile, misp, stix, unread
from tramgac_rules.authoring.indicators.checking import check
from tramgac_rules.authoring.indicators.jsonfile import parts
from tramgac_rules.authoring.indicators.listed import DEFAULT_LEVELS, Listed, Unusable
from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators.about import LEVELS, MAX_NOTE, About
from tramgac_rules.indicators.layout import MAX_ENTRIES, kind_of
from tramgac_rules.indicators.packing import pack

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".json")
_BEGINNING = 65_536  # characters that tell what a JSON file is
_NEVER = 1 << 64  # ns since 1970: no event has a time of the year 2554
MAX_FILE = 1 << 30
"""Bytes of one file."""
_SEVERITIES = ("info", "warning", "error")
MAX_PROBLEMS = 1_000
"""Problems of one file that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A set, and what became of the files. `data` is empty if nothing was good; `counts` by kind.

    `duplicates`: entries whose value stood somewhere before; what is said of it was put together.
    """

    data: bytes
    counts: dict[str, int]
    duplicates: int
    problems: tuple[Problem, ...]


def gather(paths: Sequence[Path]) -> Gathered:
    """Read files and folders (recursive, *.csv, *.tsv, *.txt, *.json). OSError if a path cannot be opened."""
    gathering = _Gathering()
    for file in rule_files(paths, SUFFIXES):
        gathering.add(file)
    return gathering.gathered()


@dataclass(slots=True)
class _Gathering:
    """What was read so far: what is known of each value, by table."""

    tables: dict[str, dict[bytes, About]] = field(default_factory=dict)
    known: dict[About, About] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    duplicates: int = 0
    count: int = 0

    def add(self, file: RuleFile) -> None:
        """Read a file; of its problems the first are kept, and what the worst of the others is."""
        path, before, worst, untold = str(file.path), len(self.problems), "info", 0
        for found in _read(file):
            problem = found if isinstance(found, Problem) else self._take(path, found)
            if problem is None:
                continue
            if untold or len(self.problems) - before >= MAX_PROBLEMS:
                untold, worst = untold + 1, max(worst, problem.severity, key=_SEVERITIES.index)
            else:
                self.problems.append(problem)
        if untold:
            said = Tell.MORE.of(count=untold)
            self.problems.append(Problem(path, 1, 1, worst, "many", said, Tell.MEND_FIRST.of()))

    def gathered(self) -> Gathered:
        numbers: dict[About, int] = {}
        tables = {
            name: {value: numbers.setdefault(about, len(numbers)) for value, about in entries.items()}
            for name, entries in self.tables.items()
        }
        counts: dict[str, int] = {}
        for name, entries in tables.items():
            counts[kind_of(name)] = counts.get(kind_of(name), 0) + len(entries)
        data = pack(tables, list(numbers)) if tables else b""
        return Gathered(data, counts, self.duplicates, tuple(sorted(self.problems)))

    def _take(self, path: str, listed: Listed) -> Problem | None:
        """Take an entry; return what there is to say of it."""

        def problem(severity: str, kind: str, message: str, advice: str) -> Problem:
            said = Tell.OF.of(name=listed.name[:80], what=message) if listed.name else message
            return Problem(path, listed.line, listed.column, severity, kind, said, advice)

        try:
            table, value, doubt = check(listed.kind, listed.value)
        except Unusable as error:
            return problem(error.severity, error.kind, error.what, error.advice)
        level = listed.level or DEFAULT_LEVELS[kind_of(table)]
        expires = listed.expires if listed.expires < _NEVER else 0
        self._put(table, value, About(level, listed.source[:MAX_NOTE], listed.note[:MAX_NOTE], expires))
        if doubt:
            said = Tell.DOUBTFUL.of(value=listed.value[:80], doubt=doubt)
            return problem("warning", "doubtful", said, Tell.TAKE_OUT.of())
        return None

    def _put(self, table: str, value: bytes, about: About) -> None:
        entries = self.tables.setdefault(table, {})
        before = entries.get(value)
        if before is not None:
            self.duplicates += 1
            about = _together(before, about)
        elif self.count >= MAX_ENTRIES:
            raise IndicatorError(Tell.MANY.of(most=MAX_ENTRIES))
        else:
            self.count += 1
        entries[value] = self.known.setdefault(about, about)


def _together(one: About, other: About) -> About:
    """Return what two lists say of one value: the higher level, the later expiry, both sources and notes."""
    level = max(one.level, other.level, key=LEVELS.index)
    expires = 0 if not (one.expires and other.expires) else max(one.expires, other.expires)
    return About(level, _both(one.source, other.source), _both(one.note, other.note), expires)


def _both(one: str, other: str) -> str:
    parts = one.split("; ")
    return one if other in parts or not other else f"{one}; {other}"[:MAX_NOTE] if one else other


def _read(file: RuleFile) -> Iterator[Listed | Problem]:
    """Yield what is in a file, and what is wrong with it; a file of nothing is a problem too."""
    path, source, nothing = str(file.path), Path(file.name).stem, True
    if (size := file.path.stat().st_size) > MAX_FILE:
        said = Tell.LARGE_FILE.of(size=size, most=MAX_FILE)
        yield Problem(path, 1, 1, "error", "size", said, Tell.CUT_UP.of())
        return
    for found in (_json if file.path.suffix.lower() == ".json" else _lines)(path, file.path, source):
        nothing = False
        yield found
    if nothing:
        yield Problem(path, 1, 1, "warning", "nothing", Tell.NOTHING.of(), Tell.RIGHT_ONE.of())


def _json(path: str, file: Path, source: str) -> Iterator[Listed | Problem]:
    data = file.read_bytes()
    if fault := unread.by_beginning(data[: unread.BEGINNING]):
        yield Problem(path, 1, 1, "error", "file", *fault)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Problem(path, 1, 1, "error", "encoding", Tell.NO_UTF8_AT.of(why=error.reason), Tell.SAVE_AS_UTF8.of())
        return
    try:
        yield from _told(path, text, source)
    except JSONDecodeError as error:
        yield Problem(path, error.lineno, error.colno, "error", "json", *unread.json_fault(text, error))
    except RecursionError:
        yield Problem(path, 1, 1, "error", "json", Tell.DEEP_JSON.of())


def _told(path: str, text: str, source: str) -> Iterator[Listed | Problem]:
    """Yield what a JSON text says, by what it looks like. Raises JSONDecodeError, RecursionError."""
    beginning = text[:_BEGINNING]
    if any(word in beginning for word in ('"Event"', '"Attribute"', '"to_ids"')):
        yield from misp.read(path, text, source)
    elif any(word in beginning for word in ('"objects"', '"indicator"', '"spec_version"')):
        yield from stix.read(path, text, source)
    else:
        next(parts(text), None)  # what is no JSON at all has a cause of its own
        yield Problem(path, 1, 1, "error", "json", Tell.NO_LIST.of(), Tell.GIVE_LIST.of())


def _lines(path: str, file: Path, source: str) -> Iterator[Listed | Problem]:
    with file.open("rb") as raw:
        fault = unread.by_beginning(raw.read(unread.BEGINNING))
    if fault:
        yield Problem(path, 1, 1, "error", "file", *fault)
        return
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        for found in csvfile.read(path, lines, source):
            if isinstance(found, Listed) and any("\udc80" <= char <= "\udcff" for char in found.value):
                said, advice = Tell.NO_UTF8.of(), Tell.SAVE_AS_UTF8.of()
                yield Problem(path, found.line, found.column, "error", "encoding", said, advice)
            else:
                yield found
