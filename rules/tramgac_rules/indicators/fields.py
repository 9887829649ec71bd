"""Which fields of an event carry what indicators are about: out of the proto's names, and for Windows' own events.

A process is looked at where it starts and not in everything that it does later; its parent was looked at when that
one started. So one bad program is not an alert a file and a connection.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tramgac_proto import names, options_pb2
from tramgac_proto.names import Field

from tramgac_rules.record import KNOWN_FILE_WRITE

HASHES: Final = "hashes"
"""Digests: `SHA256=...,MD5=...`, or one alone."""
IMPHASH: Final = "imphash"
"""The digest of a program's imports."""
ADDRESS: Final = "address"
DOMAIN: Final = "domain"
ANSWERS: Final = "answers"
"""What a DNS server answered, as Sysmon writes it."""
URL: Final = "url"
PATH: Final = "path"
"""The path or the name of a file."""
TEXT: Final = "text"
"""A text that may hold URLs."""
LINE: Final = "line"
"""A line of a log, which may hold addresses too."""

Plan = tuple[tuple[str, str], ...]
"""Names of fields in a record, and what they hold."""

# What fields hold, by ECS name; digests and addresses are told by their form.
_BY_NAME = {
    "process.executable": PATH,
    "process.command_line": TEXT,
    "file.path": PATH,
    "tramgac.file.previous_path": PATH,
    "dns.question.name": DOMAIN,
    "destination.domain": DOMAIN,
    "source.domain": DOMAIN,
    "url.full": URL,
    "message": LINE,
}
_STARTS = "process_start"


def _held(kind: str, ecs: str, form: int) -> str:
    """Return what a field holds; "" for nothing that an indicator could be about."""
    if ecs.startswith("process.") and (kind != _STARTS or ecs.startswith("process.parent.")):
        return ""
    if form == options_pb2.FORM_SHA256:
        return HASHES
    if form == options_pb2.FORM_IP:
        return ADDRESS
    return _BY_NAME.get(ecs, "")


def _plan(kind: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    for field in fields:
        held, name = _held(kind, field.ecs or "", field.form), field.sigma or field.ecs or ""
        if held:
            yield name, held


def _plans() -> Iterator[tuple[str, Plan]]:
    for kind in names.KINDS.values():
        if kind.name != "event_log":
            yield kind.name, tuple(_plan(kind.name, kind.fields))
    known = _plan("file_write", names.KINDS["file_write"].fields)
    yield KNOWN_FILE_WRITE, tuple((name, held) for name, held in known if held != PATH)  # its creation had the path


PLANS: Final[Mapping[str, Plan]] = dict(_plans())
"""By kind; an `event_log` has the names of DATA."""

DATA: Final[Mapping[str, str]] = {
    name: held
    for held, listed in (
        (HASHES, "Hashes Hash FileHash TargetHashes md5 MD5 sha1 SHA1 sha256 SHA256 SHA1Hash SHA256Hash"),
        (IMPHASH, "imphash Imphash IMPHASH"),
        (ADDRESS, "DestinationIp SourceIp DestAddress SourceAddress IpAddress ClientAddress RemoteAddress ClientIP"),
        (DOMAIN, "QueryName DestinationHostname SourceHostname"),
        (ANSWERS, "QueryResults"),
        (URL, "url Url URL RemoteName"),
        (PATH, "TargetFilename SourceFilename ImageLoaded NewProcessName FileName Filename FilePath Path LocalName"),
        (TEXT, "CommandLine ScriptBlockText Payload ImagePath ServiceFileName Details Message message"),
        (TEXT, "ContextInfo TaskContent TaskContentNew Contents Data"),
    )
    for name in listed.split()
}
"""Windows' event data by Sigma's names."""

STARTS: Final[Mapping[str, str]] = {**DATA, "Image": PATH}
"""The same for Sysmon's event 1: there Image is not who acts, but what started."""
