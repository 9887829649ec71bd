"""Real certificates for tests: an authority, the collector's leaf, agents' leafs."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tramgac_agent import identity

PEM = serialization.Encoding.PEM
LONG = (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2060, 1, 1, tzinfo=dt.UTC))
DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self):
        builder = self._builder("test authority", self.key.public_key(), LONG)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def _builder(self, subject, public, window):
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name("test authority"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(window[0])
            .not_valid_after(window[1])
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    def _leaf(self, builder, purpose):
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return builder.add_extension(ours, critical=False).sign(self.key, hashes.SHA256()).public_bytes(PEM)

    def server(self, address="127.0.0.1", window=LONG) -> tuple[bytes, bytes]:
        """Key and certificate of a collector, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        builder = self._builder("collector", key.public_key(), window).add_extension(names, critical=False)
        raw = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return raw, self._leaf(builder, ExtendedKeyUsageOID.SERVER_AUTH)

    def agent(self, csr: bytes, window=None) -> bytes:
        """A certificate for a request (DER), PEM."""
        public = x509.load_der_x509_csr(csr).public_key()
        now = dt.datetime.now(dt.UTC)
        builder = self._builder(identity.host_id(public), public, window or (now - DAY, now + 14 * DAY))
        return self._leaf(builder, ExtendedKeyUsageOID.CLIENT_AUTH)

    def identity(self, window=None) -> identity.Identity:
        """A whole identity."""
        key = identity.make_key()
        return identity.parse(key, self.agent(identity.request(key), window), self.pem)
