"""Enrolled hosts by the hundred: keys, certificates of the collector's own authority, rows in its registry.

What the enrolment port does one by one is done here in one go. Not a lane itself.
"""

import datetime as dt
import time
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tramgac_collector import config, database, hosts, tokens
from tramgac_collector.ca import Authority, host_of, new_serial
from tramgac_collector.paths import StatePaths

_PEM = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a host is."""

    host: str
    name: str
    key: ec.EllipticCurvePrivateKey
    private: bytes
    certificate: bytes
    authority: bytes


def make(paths: StatePaths, names: list[str], *, system: str = "linux", site: str = "lab") -> list[Identity]:
    """Enrol a host for each name at the collector whose state is here."""
    authority = Authority.load(paths.ca_key, paths.ca_certificate)
    trusted = paths.ca_certificate.read_bytes()
    made: list[Identity] = []
    serials: dict[str, str] = {}
    for name in names:
        key, serial = ec.generate_private_key(ec.SECP256R1()), new_serial()
        _, leaf = authority.agent_leaf(request_of(key), serial, days=14, now=dt.datetime.now(dt.UTC))
        private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        identity = Identity(host_of(key.public_key()), name, key, private, leaf.public_bytes(_PEM), trusted)
        made.append(identity)
        serials[identity.host] = serial
    engine = database.open_database(config.load(paths).url(paths))
    with database.session(engine) as s:
        now = time.time_ns()
        secret, _ = tokens.create(s, uses=max(len(names), 1), ttl_s=600, site=site, by="lab", now=now)
        for identity in made:
            token = tokens.redeem(s, secret, now)
            hosts.enrol(s, identity.host, identity.name, system, "lab", serials[identity.host], token, now)
    engine.dispose()
    return made


def request_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A certificate request for a key, DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)
