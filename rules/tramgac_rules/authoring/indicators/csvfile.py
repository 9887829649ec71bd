"""Indicators from CSV, from one column or one a kind, with a header or without; and from plain lists, one a line.

Columns (any case, `-` or space for `_`), in any order, separated by comma, semicolon, tab or bar:

    value    also indicator, ioc, ioc_value, observable
    type     also kind, ioc_type, indicator_type; without it the value's look decides
    level    also severity
    source   also feed, provider, reporter
    note     also description, comment, title, malware, malware_printable, threat, threat_type, signature
    expires  also expiry, expiration, expires_at, valid_until: RFC 3339, a date, or seconds since 1970

or columns named for what they hold: md5, sha1, sha256, imphash, ip, network, domain, hostname, url, path, filename
(a name beside a digest is a note). Lines that begin with # are passed over; the last of them before the data may be
the header.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tramgac_proto.names import parse_time

from tramgac_rules.authoring.indicators.checking import look, refanged
from tramgac_rules.authoring.indicators.listed import KINDS, Listed, Unusable, level_of, word
from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.authoring.problems import Problem

_ROLES: Final[Mapping[str, str]] = {
    name: role
    for role, listed in (
        ("value", "value indicator ioc ioc_value indicator_value observable"),
        ("type", "type kind ioc_type indicator_type"),
        ("level", "level severity"),
        ("source", "source feed provider reporter"),
        ("note", "note description comment title malware malware_printable threat threat_type signature"),
        ("expires", "expires expiry expiration expires_at valid_until"),
    )
    for name in listed.split()
}
_SEPARATORS = ",;\t|"
_NS, _MS = 1_000_000_000, 1_000_000
_SECONDS, _MILLISECONDS = 10, 13  # digits of a moment in our days


def read(path: str, lines: Iterable[str], source: str) -> Iterator[Listed | Problem]:
    """Yield the indicators of a file's lines, and what is wrong with the others; `source` where no column says it."""
    return _Reader(path, source).read(lines)


@dataclass(slots=True)
class _Columns:
    """Which column is what; `kinds`: columns of values with their kind."""

    kinds: Mapping[int, str]
    roles: Mapping[str, int]

    def cell(self, row: Sequence[str], role: str) -> str:
        at = self.roles.get(role, len(row))
        return row[at].strip() if at < len(row) else ""


_PLAIN = _Columns({0: ""}, {})


def _columns(row: Sequence[str]) -> _Columns | None:
    """Return what the columns under a header are, None for a row that is no header: indicators stand in it."""
    if any(map(_looks, row)):
        return None
    words = [word(cell.strip(" #\"'")) for cell in row]
    roles: dict[str, int] = {}
    for at, name in enumerate(words):
        if name in _ROLES:
            roles.setdefault(_ROLES[name], at)
    if "value" in roles:
        return _Columns({roles["value"]: ""}, roles)
    kinds = {at: KINDS[name] for at, name in enumerate(words) if name in KINDS}
    files = {at: kind for at, kind in kinds.items() if kind in ("name", "path")}
    if len(files) < len(kinds):
        kinds = {at: kind for at, kind in kinds.items() if at not in files}
    return _Columns(kinds, roles) if kinds else None


def _looks(cell: str) -> bool:
    try:
        return bool(look(refanged(cell.strip())))
    except Unusable:
        return False


@dataclass(slots=True)
class _Reader:
    """Reads one file."""

    path: str
    source: str
    line: int = 0
    comment: str = ""
    text: str = ""
    columns: _Columns | None = field(default=None)

    def read(self, lines: Iterable[str]) -> Iterator[Listed | Problem]:
        data = self._data(iter(lines))
        first = next(data, None)
        if first is None:
            return
        separator = max(_SEPARATORS, key=(self.comment + first).count)
        rows = csv.reader(_chained(first, data), delimiter=separator, skipinitialspace=True)
        if self.comment:
            self.columns = _columns(next(csv.reader([self.comment], delimiter=separator, skipinitialspace=True), []))
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                said = Tell.NO_ROW.of(why=error)
                yield Problem(self.path, self.line, 1, "error", "csv", said, Tell.QUOTE_OPEN.of())
                continue
            if row is None:
                return
            if self.columns is None:
                self.columns = _columns(row)
                if self.columns is not None:
                    continue
                self.columns = _PLAIN
            yield from self._row(row)

    def _data(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield lines but comments and blank ones; the last comment before the data is kept."""
        begun = False
        for line in lines:
            self.line += 1
            if line.startswith("#"):
                if not begun and any(separator in line for separator in _SEPARATORS):
                    self.comment = line.lstrip("# ").rstrip("\r\n")
            elif line.strip():
                begun, self.text = True, line
                yield line

    def _row(self, row: Sequence[str]) -> Iterator[Listed | Problem]:
        assert self.columns is not None
        said = self.columns.cell
        try:
            level, expires = level_of(said(row, "level")), _moment(said(row, "expires"))
            kind = _kind(said(row, "type"))
        except Unusable as error:
            yield Problem(self.path, self.line, 1, error.severity, error.kind, error.what, error.advice)
            return
        several = "value" not in self.columns.roles and self.columns is not _PLAIN
        source, note = said(row, "source") or self.source, said(row, "note")
        for at, own in self.columns.kinds.items():
            value = row[at].strip() if at < len(row) else ""
            if value or not several:
                column = max(self.text.find(value), 0) + 1
                yield Listed(own or kind, value, self.line, column, level, source, note, expires)


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _kind(text: str) -> str:
    """Return what a cell says of the kind. Raises Unusable for one that nothing is compared with."""
    if not text:
        return ""
    found = KINDS.get(word(text))
    if found is None:
        raise Unusable("kind", Tell.NOT_COMPARED.of(kind=text[:40]), "", "info")
    return found


def _moment(text: str) -> int:
    """Return a moment in ns; 0 for an empty text. Raises Unusable."""
    if not text or text.lower() in ("never", "none", "null", "-"):
        return 0
    if text.isascii() and text.isdigit() and len(text) in (_SECONDS, _MILLISECONDS):
        return int(text) * (_NS if len(text) == _SECONDS else _MS)
    try:
        return parse_time(text)
    except ValueError as error:
        raise Unusable("expires", str(error), Tell.LEAVE_EMPTY.of()) from error
