"""One numbered set of content: rules of both kinds, their sources, policy."""

import hashlib
import json
import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from backports import zstd

from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.authoring.files import YARA, read, rule_files
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.refusals import of_yara
from tramgac_rules.authoring.sense_words import Sense
from tramgac_rules.authoring.sizes import MOST
from tramgac_rules.authoring.tags import tag_problems
from tramgac_rules.authoring.watched import watched
from tramgac_rules.authoring.words import Say

FORMAT = 1
_LEVEL = 19  # of compression: signed once, fetched by every host
# What YARA rules may ask about a file beside its content; a rule that does must be where the file is.
_OUTSIDE = re.compile(r"\b(?:filename|filepath|extension|filetype|owner)\b")


_RULE = re.compile(r"^\s*(?:(?:private|global)\s+)*rule\s+(\w+)", re.MULTILINE)
_CONSTANT = re.compile(r"\bcondition\s*:\s*(true|false)\s*\}")
_TAGS, _TAG = re.compile(r'\btags\s*=\s*"([^"\n]*)"'), re.compile(r"[^\s,\"]+")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle ready to be signed: its parts are zstd of JSON. How many Sigma rules, correlations, YARA files it has.

    `about`: what its rules say to people (about.py); the bundle has its digest.
    """

    bundle: bytes
    about: bytes
    sources: bytes
    problems: tuple[Problem, ...]
    rules: int
    yara: int
    watched: int = 0
    """Rules that begin under watch."""
    correlations: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What compiling YARA sources showed: what is wrong with which (name, line, message), which ask for content alone.

    `content_only` speaks of the sources without problems.
    """

    problems: tuple[tuple[str, int, str], ...] = ()
    content_only: frozenset[str] = frozenset()


Lens = Callable[[Mapping[str, str]], Seen]
"""Looks at YARA sources, texts by name."""


def by_words(sources: Mapping[str, str]) -> Seen:
    """Look without compiling: a source that has the word for anything outside the content may ask for it."""
    return Seen(content_only=frozenset(name for name, text in sources.items() if not _OUTSIDE.search(text)))


def build_bundle(
    sigma: Sequence[Path], yara: Sequence[Path], version: int, *, marked: str = "", lens: Lens = by_words
) -> Bundle:
    """Compile rule files into a bundle; YARA files (*.yar, *.yara) go in as they are, if `lens` finds no fault.

    Paths in it are the names of `RuleFile`. OSError if a path cannot be opened.

    `marked`: "demo" where the signing key is a demonstration's.
    """
    compiled = compile_rules(sigma)
    files, problems = _yara(yara, lens)
    about, watch = _packed(compiled.about), watched(compiled, rule_files(sigma))
    bundle = {
        "format": FORMAT,
        "version": version,
        "marked": marked,
        "about": hashlib.sha256(about).hexdigest(),
        "watch": watch,  # rules that begin under watch, and why; a program that does not know it lets them alert
        "sigma": compiled.pack,
        "yara": files,
        "policy": {},
    }
    sources = {**compiled.sources, **{str(file["path"]): str(file["source"]) for file in files}}
    rules, correlations = (_count(compiled.pack[part]) for part in ("rules", "correlations"))
    problems = sorted([*compiled.problems, *problems])
    parts = _packed(bundle), about, _packed(sources), tuple(problems)
    return Bundle(*parts, rules, len(files), len(watch), correlations)


def _count(part: object) -> int:
    return len(part) if isinstance(part, list) else 0


def _yara(paths: Sequence[Path], lens: Lens) -> tuple[list[dict[str, object]], list[Problem]]:
    """Return the good YARA files as a bundle holds them, and what is wrong with the others."""
    files = {file.name: file for file in rule_files(paths, YARA)}
    read_ = {name: read(file) for name, file in files.items()}
    texts = {name: text for name, text in read_.items() if isinstance(text, str)}
    seen = lens(texts) if texts else Seen()
    faulty = {name for name, _, _ in seen.problems}
    good = [
        {"path": name, "source": text, "content_only": name in seen.content_only}
        for name, text in texts.items()
        if name not in faulty
    ]
    problems = [found for found in read_.values() if isinstance(found, Problem)]
    problems += [
        no_yara(str(files[name].path), texts[name], max(line, 1), message) for name, line, message in seen.problems
    ]
    problems += [found for name, text in texts.items() for found in _tags(str(files[name].path), text)]
    for file in good:
        path, text = str(files[str(file["path"])].path), str(file["source"])
        problems += _constant(path, text)
        if not file["content_only"]:
            problems += _mixed(path, text)
    return good, problems


def no_yara(path: str, text: str, line: int, message: str) -> Problem:
    """Return what libyara says of a line; it names no column, so that of the name it speaks of, or the line's first."""
    fault, advice, name = of_yara(message)
    lines = text.splitlines()
    at = re.search(rf"(?<![\w$]){re.escape(name)}(?!\w)", lines[line - 1]) if name and line <= len(lines) else None
    return Problem(path, line, at.start() + 1 if at else 1, "error", "yara", Say.YARA.of(why=fault), advice)


def _constant(path: str, text: str) -> Iterator[Problem]:
    """Yield a warning for each rule that every file meets, or none; private ones only help others."""
    headers = [*_RULE.finditer(text)]
    starts = [header.start() for header in headers]
    for found in islice(_CONSTANT.finditer(text), MOST):
        place = bisect(starts, found.start()) - 1
        if place >= 0 and "private" in headers[place][0].split():
            continue
        line, column = text.count("\n", 0, found.start(1)) + 1, found.start(1) - text.rfind("\n", 0, found.start(1))
        kind, said = ("everything", Sense.YARA_TRUE) if found[1] == "true" else ("nothing", Sense.YARA_FALSE)
        yield Problem(path, line, column, "warning", kind, said.of(), Sense.YARA_WRITE.of())


def _mixed(path: str, text: str) -> Iterator[Problem]:
    """Yield a note on a file that runs on hosts for some of its rules only: the others could see the whole fleet."""
    starts = [*_RULE.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    inside = [found[1] for found, end in zip(starts, ends, strict=True) if not _OUTSIDE.search(text, found.end(), end)]
    if 0 < len(inside) < len(starts):
        line = text.count("\n", 0, starts[0].start()) + 1
        said = Say.MIXED.of(count=len(inside), total=len(starts), names=", ".join(inside[:5]))
        yield Problem(path, line, 1, "info", "mixed", said, Say.SPLIT.of())


def _tags(path: str, text: str) -> Iterator[Problem]:
    """Yield what is wrong with ATT&CK tags in the meta of a YARA file (`tags = "attack.t1059,..."`)."""
    for given in _TAGS.finditer(text):
        for tag in _TAG.finditer(text, *given.span(1)):
            for found in tag_problems([tag[0]]):
                line = text.count("\n", 0, tag.start()) + 1
                column = tag.start() - text.rfind("\n", 0, tag.start())
                yield Problem(path, line, column, "warning", "tag", found.message, found.advice)


def _packed(data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return zstd.compress(text.encode("utf-8", "replace"), level=_LEVEL)
