"""Enrolment: a ticket and a fresh key against a certificate. Nothing is stored before everything fits."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import socket
import ssl
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from tramgac_proto.enrolment_pb2 import EnrollReply, EnrollRequest
from tramgac_proto.enrolment_pb2_grpc import EnrolmentStub
from tramgac_wire import whole
from tramgac_wire.errors import TicketError
from tramgac_wire.limits import MAX_ROOT
from tramgac_wire.ticket import Ticket, decode

from tramgac_agent import VERSION, identity, words
from tramgac_agent.config import write_collector
from tramgac_agent.errors import EnrolmentError, IdentityError
from tramgac_agent.tls import diagnose, options

if TYPE_CHECKING:
    from pathlib import Path

    from tramgac_agent.paths import AgentPaths

_TIMEOUT_S: Final = 20.0
_KEPT: Final = MAX_ROOT + 65_536
"""Bytes that enrolment may bring at most: the content root; key, certificate, authorities and settings."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What enrolment brought."""

    host: str
    collector: str
    clock_hours: float
    """How far this host's clock stands ahead of the collector's, hours, as far as the certificate shows it; else 0."""


def enrol(paths: AgentPaths, text: str) -> Enrolled:
    """Enrol this host by a ticket's text.

    Raises:
        EnrolmentError: with a code and a sentence that says how to mend it.
        OSError: the state folder, which could be written just before, cannot be any more.
    """
    if paths.certificate.exists():
        known = paths.host.read_text("ascii").strip()
        raise EnrolmentError("enrolled", words.ALREADY.say(host=known, path=paths.identity))
    try:
        ticket = decode(text)
    except TicketError as error:
        raise EnrolmentError("ticket", words.NOT_TICKET.say(why=words.TICKET_WHY[error.word].say())) from error
    _try_disk(paths)
    key = identity.make_key()
    reply = _ask(
        ticket,
        EnrollRequest(
            token=ticket.secret,
            csr=identity.request(key),
            hostname=socket.gethostname()[:255],
            os_type="windows" if sys.platform == "win32" else "linux",
            agent_version=VERSION,
        ),
    )
    ours = _checked(ticket, key, reply)
    _store(paths, ours, reply, pinned=bool(ticket.content_root))
    return Enrolled(ours.host, reply.collector, _clock_hours(ours))


def _try_disk(paths: AgentPaths) -> None:
    """See that what comes back could be kept, before a ticket is used up for it. Raises EnrolmentError."""
    probe = paths.root / "enrol.probe"
    made = [folder for folder in (paths.content, paths.run, paths.root) if not folder.exists()]
    try:
        _folders(paths)
        try:
            whole.write(probe, os.urandom(_KEPT))  # what no file system makes smaller
        finally:
            probe.unlink(missing_ok=True)
            for folder in made:  # a ticket that is refused leaves nothing behind
                folder.rmdir()
    except OSError as error:
        raise EnrolmentError("disk", words.NO_ROOM.say(path=paths.root, why=error.strerror or error)) from error


def _folders(paths: AgentPaths) -> None:
    for folder in (paths.root, paths.content, paths.run):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)


def _ask(ticket: Ticket, request: EnrollRequest) -> EnrollReply:
    """The collector's answer, over TLS pinned to the ticket's authority."""
    authority = ssl.DER_cert_to_PEM_cert(ticket.ca)
    credentials = grpc.ssl_channel_credentials(authority.encode())
    with grpc.secure_channel(ticket.collector, credentials, options(120)) as channel:
        try:
            reply: EnrollReply = EnrolmentStub(channel).Enroll(request, timeout=_TIMEOUT_S)
        except grpc.RpcError as error:
            raise _explained(ticket.collector, authority, error) from error
    return reply


def _explained(address: str, authority: str, error: grpc.RpcError) -> EnrolmentError:
    """The sentence for a failed call."""
    code, detail = error.code(), error.details() or ""
    if reason := words.TOKEN_WHY.get(detail.rpartition(": ")[2]):
        return EnrolmentError("token", words.TOKEN.say(why=reason.say()))
    if code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
        found = diagnose(address, authority)
        if found:
            return found
    return EnrolmentError("refused", words.REFUSED.say(address=address, why=detail or code.name))


def _checked(ticket: Ticket, key: bytes, reply: EnrollReply) -> identity.Identity:
    """The answer fits our key and the ticket."""
    try:
        ours = identity.parse(key, reply.certificate.encode(), reply.authorities.encode())
    except IdentityError as error:
        raise EnrolmentError("reply", words.BAD_REPLY.say(why=error)) from error
    root = reply.content_root
    if reply.host != ours.host:
        why = words.REPLY_HOST.say(named=f"{reply.host!r:.40}", ours=ours.host)
    elif not reply.collector.rpartition(":")[0] or '"' in reply.collector or not reply.collector.isprintable():
        why = words.REPLY_ADDRESS.say(address=f"{reply.collector!r:.80}")
    elif len(root) > MAX_ROOT:
        why = words.REPLY_LARGE.say(size=len(root), limit=MAX_ROOT)
    elif ticket.content_root and hashlib.sha256(root).hexdigest() != ticket.content_root:
        why = words.REPLY_ROOT.say()
    else:
        return ours
    raise EnrolmentError("reply", words.BAD_REPLY.say(why=why))


def _store(paths: AgentPaths, ours: identity.Identity, reply: EnrollReply, *, pinned: bool) -> None:
    _folders(paths)
    if reply.content_root:
        whole.write(paths.content_root, reply.content_root, mode=0o644)
        if not pinned:
            whole.write(paths.content_unpinned, b"given by the collector at enrolment\n", mode=0o644)
    write_collector(paths.root, reply.collector)
    identity.save(paths, ours)


def _clock_hours(ours: identity.Identity) -> float:
    """How far our clock stands outside the certificate's life, hours; negative: behind."""
    now = dt.datetime.now(dt.UTC)
    if now < ours.not_before:
        return (now - ours.not_before).total_seconds() / 3600
    return max(0.0, (now - ours.not_after).total_seconds() / 3600)


def read_ticket(argument: str, stdin: Path | None = None) -> str:
    """The ticket's text: the argument itself, a file's content, or standard input for `-`. Raises OSError."""
    if argument == "-":
        return stdin.read_text() if stdin else sys.stdin.read()
    if argument.startswith("tramgac1."):
        return argument
    with open(argument, encoding="ascii", errors="replace") as file:  # noqa: PTH123 - an argument of the command line
        return file.read(1 << 16)
