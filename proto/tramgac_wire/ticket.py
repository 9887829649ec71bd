"""The enrolment ticket: what an administrator hands to a host, one line of text.

`tramgac1.` and base64url (no padding) of JSON {"secret", "collector", "ca", "content_root"}. Only the secret
travels on the wire; the rest lets the agent know its collector before it says anything.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Final

from tramgac_wire.errors import TicketError
from tramgac_wire.limits import MAX_TICKET

PREFIX: Final = "tramgac1."
_ROOT: Final = re.compile(r"([0-9a-f]{64})?\Z")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says."""

    secret: str
    """The one-time token."""
    collector: str
    """HOST:PORT of the enrolment port."""
    ca: bytes
    """The authority's certificate, X.509 DER."""
    content_root: str = ""
    """SHA-256 of the content repository's first root.json, lower-case hex; empty while there is none."""


def encode(ticket: Ticket) -> str:
    """Return the ticket's text."""
    body = {
        "secret": ticket.secret,
        "collector": ticket.collector,
        "ca": base64.b64encode(ticket.ca).decode(),
        "content_root": ticket.content_root,
    }
    raw = json.dumps(body, separators=(",", ":")).encode()
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> Ticket:
    """Read a ticket; white space in and around it (a line that was wrapped) is ignored.

    Raises:
        TicketError: it is no ticket, or a part of it is missing or malformed.
    """
    text = "".join(text[: MAX_TICKET + 1].split())
    if len(text) > MAX_TICKET or not text.startswith(PREFIX):
        msg = f"this is no ticket: one begins with {PREFIX} and has up to {MAX_TICKET} characters; copy the whole line"
        raise TicketError("foreign", msg)
    return _ticket(_body(text.removeprefix(PREFIX)))


def _body(text: str) -> dict[str, str]:
    try:
        padded = text + "=" * (-len(text) % 4)
        body = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        msg = f"the ticket was cut or changed on its way ({error}); copy the whole line again"
        raise TicketError("damaged", msg) from error
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        msg = "the ticket holds something else than texts; make a new one with `tramgac tokens create`"
        raise TicketError("malformed", msg)
    return body


def _ticket(body: dict[str, str]) -> Ticket:
    try:
        ca = base64.b64decode(body["ca"], validate=True)
        ticket = Ticket(body["secret"], body["collector"], ca, body.get("content_root", ""))
    except (KeyError, binascii.Error) as error:
        msg = f"the ticket lacks a part or it is malformed: {error}; make a new one with `tramgac tokens create`"
        raise TicketError("malformed", msg) from error
    host, colon, port = ticket.collector.rpartition(":")
    if not (ticket.secret and ca and host and colon and port.isdecimal() and _ROOT.match(ticket.content_root)):
        msg = "the ticket's secret, collector (HOST:PORT), authority or content root is malformed; make a new one"
        raise TicketError("malformed", msg)
    return ticket
