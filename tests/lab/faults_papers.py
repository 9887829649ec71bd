"""What a rogue shows at the door: certificates that ended, are for something else, or are signed by somebody else.

Not a lane itself.
"""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from tramgac_collector.ca import Authority
from tramgac_collector.paths import StatePaths

from tests.lab.fleet_identity import Identity, request_of

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)


def papers(paths: StatePaths, who: Identity, certificate_s: float = 0.0) -> dict[str, str]:
    """An attacker's file: its identity, its certificate's life cut to so many seconds if not 0, and false ones."""
    authority, now = Authority.load(paths.ca_key, paths.ca_certificate), dt.datetime.now(dt.UTC)
    serial = f"{x509.load_pem_x509_certificate(who.certificate).serial_number:x}"
    own = who.certificate.decode()
    if certificate_s:
        own = _leaf(authority, who, serial, now - _DAY + dt.timedelta(seconds=certificate_s))
    return {
        "private": who.private.decode(),
        "certificate": own,
        "authority": who.authority.decode(),
        "expired": _leaf(authority, who, serial, now - _DAY - _HOUR),
        "foreign": _leaf(Authority.create(), who, serial, now),
        "server": _pem(authority.collector_leaf(who.key.public_key(), ["127.0.0.1"])),
    }


def _leaf(authority: Authority, who: Identity, serial: str, now: dt.datetime) -> str:
    """A leaf that is good from `now` for a day."""
    return _pem(authority.agent_leaf(request_of(who.key), serial, days=1, now=now)[1])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
