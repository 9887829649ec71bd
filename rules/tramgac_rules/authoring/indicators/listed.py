"""One indicator as a list has it, and the words that lists have for kinds and levels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.indicators.about import LEVELS


class Unusable(Exception):
    """An entry cannot be taken: what is wrong, how to mend it.

    `severity`: "error", or "info" for what is right and nothing that events are compared with.
    """

    def __init__(self, kind: str, message: str, advice: str = "", severity: str = "error") -> None:
        """Say what is wrong; `kind` is a problem's."""
        super().__init__(message)
        self.what = message
        self.kind, self.advice, self.severity = kind, advice, severity


@dataclass(frozen=True, slots=True)
class Listed:
    """An indicator with its place (from 1) in its file, not looked at yet.

    `kind` is one of the matcher's, "hash" for any digest, or "" to be told by the value's look; `level` "" for the
    kind's own. `expires` in ns, 0 for never. `name`: the list's own name for it, as an object's id.
    """

    kind: str
    value: str
    line: int = 1
    column: int = 1
    level: str = ""
    source: str = ""
    note: str = ""
    expires: int = 0
    name: str = ""


_KINDS: Final[Mapping[str, str]] = {
    "sha256": "sha256 sha_256 sha256_hash filehash_sha256 file_hash_sha256 hash_sha256 file_sha256",
    "sha1": "sha1 sha_1 sha1_hash filehash_sha1 file_hash_sha1 hash_sha1 file_sha1",
    "md5": "md5 md5_hash filehash_md5 file_hash_md5 hash_md5 file_md5",
    "imphash": "imphash imp_hash filehash_imphash pe_imphash",
    "hash": "hash hashes filehash file_hash",
    "address": "address ip ipv4 ipv6 ip_address ipaddress ipv4_addr ipv6_addr ip_dst ip_src dst_ip src_ip ip:port "
    "ip_dst|port ip_src|port ip_port",
    "network": "network cidr ipv4_cidr ipv6_cidr subnet netblock ip_range",
    "domain": "domain domain_name fqdn domainname",
    "hostname": "hostname host hostname|port",
    "url": "url uri link",
    "path": "path filepath file_path fullpath",
    "name": "name filename file_name",
}
KINDS: Final[Mapping[str, str]] = {word: kind for kind, words in _KINDS.items() for word in words.split()}
"""A list's word for a kind, as `word` gives it, to ours."""

_LEVELS: Final[Mapping[str, str]] = {
    **{level: level for level in LEVELS},
    "info": "informational",
    "information": "informational",
    "med": "medium",
    "moderate": "medium",
    "severe": "high",
    "very high": "critical",
    "crit": "critical",
}

DEFAULT_LEVELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("sha256", "sha1", "md5", "domain", "hostname", "url"), "high"),
    **dict.fromkeys(("imphash", "address", "network", "path"), "medium"),
    "name": "low",
}
"""The level of an indicator whose list gives none, by kind: names are shared and addresses change hands."""


def word(text: str) -> str:
    """Return a word of a list in the form in which KINDS has it."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def level_of(text: str) -> str:
    """Return a level. Raises Unusable for what is none."""
    if not text.strip():
        return ""
    found = _LEVELS.get(text.strip().lower())
    if found is None:
        raise Unusable("level", Tell.NO_LEVEL.of(text=text[:40]), Tell.ONE_OF.of(known=", ".join(LEVELS)))
    return found
