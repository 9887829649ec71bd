"""The private certificate authority: P-256, one collector leaf, short-lived agent leafs.

The CA and the collector's leaf are valid from 2000 to 2060: a host whose clock is years off can still reach us and be
told so. Agent leafs live days and are judged by the collector's clock alone.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tramgac_wire import whole

from tramgac_collector.errors import IdentityError

SPIFFE = "spiffe://tramgac/agent/"
_BEGIN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_END = dt.datetime(2060, 1, 1, tzinfo=dt.UTC)
_CLOCK_ALLOWANCE = dt.timedelta(minutes=5)
_SERIAL_BITS = 159  # RFC 5280 4.1.2.2: at most 20 octets and positive


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified agent certificate says."""

    host: str
    serial: str
    """Hexadecimal, lower case."""
    not_after: int
    """Nanoseconds since 1970 UTC."""
    signed: int
    """When the signer made it, to the second before; nanoseconds since 1970 UTC."""
    key: ec.EllipticCurvePublicKey = field(repr=False)
    """For signatures over what the host sends."""


def new_serial() -> str:
    """Choose a serial number, hexadecimal."""
    return f"{int.from_bytes(os.urandom(20)) >> (160 - _SERIAL_BITS) | 1:x}"


def host_of(key: ec.EllipticCurvePublicKey) -> str:
    """Give a host's id: the first 16 bytes of the SHA-256 of its SubjectPublicKeyInfo, hexadecimal."""
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()[:16].hex()


def read_request(csr: bytes) -> tuple[x509.CertificateSigningRequest, str]:
    """Read a PKCS #10 request (DER) and prove that the caller holds its key; give it with the host's id.

    Raises:
        IdentityError: it is garbage, its key is not P-256, or its signature is wrong.

    """
    try:
        request = x509.load_der_x509_csr(csr)
        key = request.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            message = "the certificate request's key is not ECDSA P-256"
            raise IdentityError(message)
        if not request.is_signature_valid:
            message = "the certificate request is not signed by its own key"
            raise IdentityError(message)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        message = f"the certificate request is no PKCS #10 in DER: {error}"
        raise IdentityError(message) from None
    return request, host_of(key)


def identify(certificate: bytes) -> Identity:
    """Read who an agent is from its certificate (PEM), which TLS has verified against our CA.

    Raises:
        IdentityError: it is no agent's certificate, or its name does not belong to its key.

    """
    try:
        leaf = x509.load_pem_x509_certificate(certificate)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = names.get_values_for_type(x509.UniformResourceIdentifier)
        key = leaf.public_key()
    except (ValueError, x509.ExtensionNotFound, UnsupportedAlgorithm) as error:
        message = f"the certificate names no agent: {error}"
        raise IdentityError(message) from None
    host = host_of(key) if isinstance(key, ec.EllipticCurvePublicKey) else ""
    if not isinstance(key, ec.EllipticCurvePublicKey) or uris != [SPIFFE + host]:
        message = f"the certificate names {uris}, which is not its key's agent"
        raise IdentityError(message)
    ends = int(leaf.not_valid_after_utc.timestamp()) * 1_000_000_000
    signed = int((leaf.not_valid_before_utc + _CLOCK_ALLOWANCE).timestamp()) * 1_000_000_000
    return Identity(host, f"{leaf.serial_number:x}", ends, signed, key)


class Authority:
    """The CA with its private key; only the signer's process and `initialise` hold one."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        """Take a key and its certificate."""
        self._key = key
        self.certificate = certificate

    @classmethod
    def create(cls, name: str = "Tram Gac") -> Authority:
        """Make a new CA."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name + " CA", key.public_key(), name + " CA", new_serial())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
        return cls(key, builder.sign(key, hashes.SHA256()))

    @classmethod
    def load(cls, key: Path, certificate: Path) -> Authority:
        """Read a CA from its files."""
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            message = f"{key} is no ECDSA key"
            raise IdentityError(message)
        return cls(private, x509.load_pem_x509_certificate(certificate.read_bytes()))

    def save(self, key: Path, certificate: Path) -> None:
        """Write it: the key with mode 0600."""
        write_key(key, self._key)
        write_certificate(certificate, self.certificate)

    def collector_leaf(self, key: ec.EllipticCurvePublicKey, names: Iterable[str]) -> x509.Certificate:
        """Sign the collector's own leaf for the names and addresses by which agents reach it."""
        builder = _builder("collector", key, self._name, new_serial())
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in dict.fromkeys(names)])
        builder = builder.add_extension(alternatives, critical=False)
        return self._leaf(builder, ExtendedKeyUsageOID.SERVER_AUTH)

    def agent_leaf(self, csr: bytes, serial: str, *, days: int, now: dt.datetime) -> tuple[str, x509.Certificate]:
        """Sign an agent's leaf; its name comes from its key, and nothing else of the request is taken over.

        Raises:
            IdentityError: the request is not acceptable.

        """
        request, host = read_request(csr)
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        window = (now - _CLOCK_ALLOWANCE, now + dt.timedelta(days=days))
        builder = _builder(host, key, self._name, serial, window)
        uri = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(SPIFFE + host)])
        return host, self._leaf(builder.add_extension(uri, critical=False), ExtendedKeyUsageOID.CLIENT_AUTH)

    @property
    def _name(self) -> str:
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    def _leaf(self, builder: x509.CertificateBuilder, purpose: x509.ObjectIdentifier) -> x509.Certificate:
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return builder.add_extension(ours, critical=False).sign(self._key, hashes.SHA256())


def _builder(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    serial: str,
    window: tuple[dt.datetime, dt.datetime] = (_BEGIN, _END),
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(int(serial, 16))
        .not_valid_before(window[0])
        .not_valid_after(window[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a private key, PEM, mode 0600 from the first byte; FileExistsError if there is one."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    if file.exists():
        raise FileExistsError(errno.EEXIST, "a key is there already, and is not replaced", str(file))
    whole.write(file, text)


def write_certificate(file: Path, certificate: x509.Certificate) -> None:
    """Write a certificate, PEM."""
    whole.write(file, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
