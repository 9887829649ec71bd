"""A content bundle, read and tried: whoever is to act on one loads it first and keeps the last good one if it fails."""

import hashlib
import json
import mmap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tramgac_rules.about import Book
from tramgac_rules.correlation import pack as correlation_pack
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.errors import RulesError
from tramgac_rules.indicators import Indicators
from tramgac_rules.judge import Judge
from tramgac_scan.client import YaraSource, inspect

from tramgac_collector.refusals import ContentRefused

FORMAT = 1
"""The bundle format that this program reads."""

ABOUT = "about.json.zst"
"""The repository's file of what the rules say to people."""

MAX_YARA = 10_000
"""YARA files in one bundle."""

MAX_WATCHED = 60_000
"""Rules and correlations that one bundle may put under watch."""


@dataclass(frozen=True, slots=True)
class YaraFile:
    """A YARA file of a bundle. `content_only`: it asks for nothing but the content, so a sample is enough."""

    path: str
    source: str
    content_only: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds. `marked` is "demo" for one that was signed with a demo's keys."""

    version: int
    marked: str
    sigma: Mapping[str, object]
    yara: tuple[YaraFile, ...]
    policy: Mapping[str, object]
    text: str
    """The JSON it was read from."""
    indicators: Path | None = None
    """The file of its indicators; None if it has none, or nobody asked for them."""
    watch: Mapping[str, str] = field(default_factory=dict)
    """Rules that begin under watch, and why: hunting, experimental, imported."""
    about_digest: str = ""
    """SHA-256 of what its rules say to people, as it is signed; empty if they say nothing."""
    about: bytes = field(default=b"", repr=False)
    """That itself, compressed; see `with_about`."""

    @property
    def content_only(self) -> tuple[YaraSource, ...]:
        """The YARA files that a sample alone can meet."""
        return tuple(YaraSource(file.path, file.source) for file in self.yara if file.content_only)


def parse(version: int, data: bytes) -> Bundle:
    """Read a verified bundle's JSON; `version` is what its signature says.

    Raises:
        ContentRefused: it is no bundle of a format that this program knows, or says another version.

    """
    try:
        told = json.loads(data)
        bundle = Bundle(
            version=_typed(told, "version", int),
            marked=_typed(told, "marked", str),
            sigma=_typed(told, "sigma", dict),
            yara=tuple(map(_yara, _typed(told, "yara", list)[:MAX_YARA])),
            policy=_typed(told, "policy", dict),
            text=data.decode(),
            watch=_watch(told.get("watch", {})),
            about_digest=_typed(told, "about", str) if "about" in told else "",
        )
        known = _typed(told, "format", int)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        message = f"bundle {version} is not as a bundle should be ({error}); sign it with `tramgac rules sign`"
        raise ContentRefused(message) from error
    if known != FORMAT:
        message = f"bundle {version} has format {known}, this program reads {FORMAT}; bring both to one release"
        raise ContentRefused(message)
    if bundle.version != version:
        message = f"bundle {bundle.version} stands in metadata of version {version}; sign it again"
        raise ContentRefused(message)
    return bundle


def with_about(bundle: Bundle, fetch: Callable[[str], bytes]) -> Bundle:
    """Return the bundle with what its rules say to people. `fetch`: gives a file of the repository, or KeyError.

    Raises:
        ContentRefused: the repository has not what was signed.

    """
    if not bundle.about_digest:
        return bundle
    try:
        data = fetch(f"targets/{bundle.about_digest}.{ABOUT}")
    except KeyError as error:
        message = f"bundle {bundle.version}: the repository lacks its {ABOUT}; push the whole folder that was signed"
        raise ContentRefused(message) from error
    if hashlib.sha256(data).hexdigest() != bundle.about_digest:
        message = f"bundle {bundle.version}: {ABOUT} is not what was signed; push the repository again"
        raise ContentRefused(message)
    return replace(bundle, about=data)


def load(bundle: Bundle) -> Judge:
    """Return a judge with the bundle's Sigma rules, after trying its correlations, and its YARA rules in the child.

    Raises:
        ContentRefused: some of it does not load; the text names what.

    """
    book = Book(bundle.about)
    try:
        judge = Judge.load(bundle.sigma, book)
        book.check()
    except RulesError as error:
        message = f"bundle {bundle.version}: the Sigma rules do not load: {error}"
        raise ContentRefused(message) from error
    problems = inspect(YaraSource(file.path, file.source) for file in bundle.yara).problems if bundle.yara else ()
    if problems:
        message = f"bundle {bundle.version}: the YARA rules do not compile: {'; '.join(map(str, problems[:20]))}"
        raise ContentRefused(message)
    load_correlations(bundle, judge)
    return judge


def load_correlations(bundle: Bundle, judge: Judge) -> Correlations:
    """Return the bundle's correlations of the rules of its judge.

    Raises:
        ContentRefused: they are not as they should be; the text names what.

    """
    try:
        return correlation_pack.load(bundle.sigma, judge.rules, judge.book)
    except RulesError as error:
        message = f"bundle {bundle.version}: the correlations do not load: {error}"
        raise ContentRefused(message) from error


def open_indicators(bundle: Bundle) -> Indicators | None:
    """Return the bundle's indicators; they stay in their file, which is mapped. None if it has none.

    Raises:
        ContentRefused: they are not as they should be; the text says what is wrong.

    """
    if bundle.indicators is None:
        return None
    try:
        with bundle.indicators.open("rb") as file:
            return Indicators(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (RulesError, ValueError, OSError) as error:  # ValueError: an empty file
        message = (
            f"bundle {bundle.version}: the indicators do not load: {error}; "
            "sign them again with `tramgac rules sign --indicators`"
        )
        raise ContentRefused(message) from error


def _yara(told: object) -> YaraFile:
    return YaraFile(_typed(told, "path", str), _typed(told, "source", str), _typed(told, "content_only", bool))


def _watch(told: object) -> Mapping[str, str]:
    """Return which rules are watched; a bundle of before has none."""
    if not isinstance(told, dict) or len(told) > MAX_WATCHED or not all(isinstance(why, str) for why in told.values()):
        message = f"'watch' is no object of at most {MAX_WATCHED} texts"
        raise TypeError(message)
    return told


def _typed(told: object, name: str, kind: type[Any]) -> Any:
    if not isinstance(told, dict):
        message = f"an object was expected where {name!r} is looked for"
        raise TypeError(message)
    value = told.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        message = f"{name!r} is no {kind.__name__}"
        raise TypeError(message)
    return value
