"""From a value to the indicators that it meets, with the characters that they are about.

Each finder returns alternatives for each thing that it sees in the value, the most specific first: a file's SHA-256
before its MD5, a URL before its host, an address before the network around it. The first that still counts is told.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tramgac_rules.indicators import fields, values
from tramgac_rules.indicators.about import HASHES
from tramgac_rules.indicators.opening import Opened
from tramgac_rules.indicators.table import Networks, Table
from tramgac_rules.indicators.watch import NOTHING, Alternatives, Found, Watch

MAX_HASHES = 16
"""Digests that are looked at in one value."""
MAX_URLS = 256
"""URLs that are looked at in one text."""
MAX_ADDRESSES = 256
"""Addresses that are looked at in one line."""
MAX_ANSWERS = 256
"""Answers that are looked at in one value."""

_BY_LENGTH = {64: "sha256", 40: "sha1", 32: "md5"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}\Z", re.IGNORECASE | re.ASCII)
_AFTER = re.compile(r"[\s\"'<>|^`\x00-\x1f]")  # what ends a URL in a text
_ADDRESS = re.compile(r"(?<![\w.:/@-])[0-9a-fA-F:][0-9a-fA-F:.]{2,44}(?![\w.:-])")  # what may be one in a line
_LONGEST = 8_192  # characters of a URL in a text
_OURS, _OURS_LENGTH = "SHA256=", 71


class Finders:
    """All finders over one set; methods are named for what a field holds (fields.py)."""

    def __init__(self, opened: Opened) -> None:
        """Look at the tables."""
        tables, networks = opened.tables, opened.networks
        self._digests = {kind: tables[kind] for kind in HASHES if kind in tables}
        self._addresses = {size: tables.get(name) for size, name in ((4, "address4"), (16, "address6"))}
        self._networks = {size: networks.get(name) for size, name in ((4, "network4"), (16, "network6"))}
        self._domains, self._labels, self._hostnames = tables.get("domain"), opened.labels, tables.get("hostname")
        self._urls, self._paths, self._names = tables.get("url"), tables.get("path"), tables.get("name")
        self._address, self._domain = Watch(self.address), Watch(self.domain)

    def useful(self) -> dict[str, Watch]:
        """Return watches by what a field holds, without those for which the set has nothing."""
        reached = any((*self._addresses.values(), *self._networks.values()))
        named = bool(self._domains or self._hostnames)
        wanted: tuple[tuple[str, Watch, bool], ...] = (
            (fields.HASHES, Watch(self.hashes), bool(self._digests)),
            (fields.IMPHASH, Watch(self.imphash), "imphash" in self._digests),
            (fields.ADDRESS, self._address, reached),
            (fields.DOMAIN, self._domain, named),
            (fields.ANSWERS, Watch(self.answers), reached or named),
            (fields.URL, Watch(self.url), reached or named or bool(self._urls)),
            (fields.PATH, Watch(self.path), bool(self._paths or self._names)),
            (fields.TEXT, Watch(self.text, remembers=False), reached or named or bool(self._urls)),
            (fields.LINE, Watch(self.line, remembers=False), reached or named or bool(self._urls)),
        )
        return {held: watch for held, watch, has in wanted if has}

    def hashes(self, text: str, unnamed: str = "") -> Sequence[Alternatives]:
        """Find digests: `SHA256=...,MD5=...` or one alone, which is an `unnamed` or what its length says."""
        if len(text) == _OURS_LENGTH and text.startswith(_OURS):  # as our own events have it
            found = self._digest("sha256", text[7:], 7, _OURS_LENGTH)
            return ((found,),) if found else NOTHING
        several, at = [], 0
        for part in text.split(",", MAX_HASHES)[:MAX_HASHES]:
            name, equals, digits = part.rpartition("=")
            kind = name.strip().lower() or unnamed or _BY_LENGTH.get(len(digits.strip()), "")
            found = self._digest(kind, digits.strip(), at + len(name) + len(equals), at + len(part))
            several += [found] if found else []
            at += len(part) + 1
        return (sorted(several, key=lambda it: [*HASHES].index(it.name)),) if several else NOTHING

    def imphash(self, text: str) -> Sequence[Alternatives]:
        """Find the digest of a program's imports."""
        return self.hashes(text, "imphash")

    def address(self, text: str) -> Sequence[Alternatives]:
        """Find an address, and the networks around it."""
        packed = values.address(text)
        found = [] if packed is None else self._around(packed, text, text.strip())
        return (found,) if found else NOTHING

    def domain(self, text: str) -> Sequence[Alternatives]:
        """Find a domain, and those above it."""
        found = self._above(values.domain(text), text)
        return (found,) if found else NOTHING

    def answers(self, text: str) -> Sequence[Alternatives]:
        """Find what a DNS server answered: `type:  5 name;::ffff:192.0.2.1;`."""
        found, at = [], 0
        for part in text.split(";", MAX_ANSWERS)[:MAX_ANSWERS]:
            last = part.rpartition(" ")[2]
            watch = self._domain if part.lstrip().startswith("type:") else self._address
            if last not in watch.clean:
                found += _moved(watch.look(last), at + len(part) - len(last))
            at += len(part) + 1
        return found

    def url(self, text: str) -> Sequence[Alternatives]:
        """Find a URL, and its host."""
        whole, host = values.url(text)
        found = []
        if self._urls and whole and (entry := self._urls.find_text(whole)) >= 0:
            found.append(Found("url", self._urls, entry, 0, len(text)))
        packed = values.address(host) if host else None
        found += self._above(host, text) if packed is None else self._around(packed, text, host)
        return (found,) if found else NOTHING

    def path(self, text: str) -> Sequence[Alternatives]:
        """Find a file's path, and its name."""
        whole = values.path(text)
        found = []
        if self._paths is not None and len(whole) <= values.MAX_PATH and (at := self._paths.find_text(whole)) >= 0:
            found.append(Found("path", self._paths, at, 0, len(text)))
        if self._names is not None:
            name = whole[whole.rfind("/") + 1 :]
            if len(name) <= values.MAX_NAME and (at := self._names.find_text(name)) >= 0:
                found.append(_spanned("name", self._names, at, name, text))
        return (found,) if found else NOTHING

    def text(self, text: str) -> Sequence[Alternatives]:
        """Find the URLs in a text, such as a command line."""
        if "://" not in text:
            return NOTHING
        return [found for at, url in urls_in(text) for found in _moved(self.url(url), at)]

    def line(self, text: str) -> Sequence[Alternatives]:
        """Find the URLs in a line of a log, and the addresses."""
        found = [*self.text(text)]
        for seen in islice(_ADDRESS.finditer(text), MAX_ADDRESSES):
            word = seen.group().rstrip(".:")
            if word.count(":") == 1:  # an address and a port
                word = word.partition(":")[0]
            whole = word.count(".") == 3 or ":" in word  # noqa: PLR2004 - other numbers are no addresses in a line
            if whole and word not in self._address.clean:
                found += _moved(self._address.look(word), seen.start())
        return found

    def _digest(self, kind: str, digits: str, start: int, end: int) -> Found | None:
        table = self._digests.get(kind)
        value = None if table is None else values.digest(digits, HASHES[kind])
        if table is None or value is None or (entry := table.find(value)) < 0:
            return None
        return Found(kind, table, entry, start, end)

    def _around(self, packed: bytes, text: str, spelled: str) -> list[Found]:
        table, networks = self._addresses[len(packed)], self._networks[len(packed)]
        found = []
        if table is not None and (entry := table.find(packed)) >= 0:
            found.append(_spanned("address4" if len(packed) == 4 else "address6", table, entry, spelled, text))  # noqa: PLR2004 - bytes of IPv4
        if networks is not None:
            name = "network4" if len(packed) == 4 else "network6"  # noqa: PLR2004 - bytes of IPv4
            found += [_spanned(name, networks, entry, spelled, text) for entry in networks.around(packed)]
        return found

    def _above(self, name: str, text: str) -> list[Found]:
        found = []
        if self._hostnames is not None and (entry := self._hostnames.find_text(name)) >= 0:
            found.append(_spanned("hostname", self._hostnames, entry, name, text))
        if self._domains is not None:
            tail = ".".join(name.rsplit(".", self._labels)[-self._labels :])
            while tail:
                if (entry := self._domains.find_text(tail)) >= 0:
                    found.append(_spanned("domain", self._domains, entry, tail, text))
                tail = tail.partition(".")[2]
        return found


def urls_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each URL of a text begins, and the URL; in time linear in the text."""
    at = -1
    for _ in range(MAX_URLS):
        at = text.find("://", at + 1)
        if at < 0:
            return
        scheme = _SCHEME.search(text, max(0, at - 31), at)
        if scheme is None:
            continue
        ends = _AFTER.search(text, at + 3, at + _LONGEST)
        end = ends.start() if ends else min(len(text), at + _LONGEST)
        yield scheme.start(), text[scheme.start() : end].rstrip(".,;:!?)]}")


def _spanned(name: str, table: Table | Networks, entry: int, shown: str, text: str) -> Found:
    """Return what was found, with the last place in a text where it is shown so; all of the text if it is nowhere."""
    at = text.lower().rfind(shown.lower())
    return Found(name, table, entry, *((at, at + len(shown)) if at >= 0 else (0, len(text))))


def _moved(found: Sequence[Alternatives], by: int) -> list[Alternatives]:
    return [[it._replace(start=it.start + by, end=it.end + by) for it in alternatives] for alternatives in found]
