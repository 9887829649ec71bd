"""The enrolment ticket: what a person carries from the collector to a host."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tramgac_wire.ticket import Ticket, encode

from tramgac_collector import content
from tramgac_collector.config import address

if TYPE_CHECKING:
    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths


def ticket(paths: StatePaths, config: CollectorConfig, secret: str) -> str:
    """Give the ticket of a token: its secret, the enrolment address, the authority, and the root of content."""
    authority = x509.load_pem_x509_certificate(paths.ca_certificate.read_bytes())
    root = content.root_of_trust(paths)
    return encode(
        Ticket(
            secret=secret,
            collector=f"{_bracketed(config.advertise)}:{_enrol_port(paths, config)}",
            ca=authority.public_bytes(Encoding.DER),
            content_root=hashlib.sha256(root).hexdigest() if root else "",
        )
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _enrol_port(paths: StatePaths, config: CollectorConfig) -> int:
    """Give the port that the gateway opened, since the configured one may be 0 (any)."""
    port = address(config.enrol_listen)[1]
    return port or int(json.loads(paths.gateway.read_text())["enrol"])
