"""Who this host is: an ECDSA P-256 key made here, and the certificate that the collector's authority gave it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tramgac_wire import whole

from tramgac_agent import words
from tramgac_agent.errors import IdentityError, NotEnrolled
from tramgac_agent.paths import advised

if TYPE_CHECKING:
    import datetime as dt

    from tramgac_agent.paths import AgentPaths


@dataclass(frozen=True, slots=True)
class Identity:
    """Key, certificate and what this host trusts, as PEM; the host's id; the certificate's life."""

    host: str
    key: bytes
    certificate: bytes
    authorities: bytes
    not_before: dt.datetime
    not_after: dt.datetime

    @property
    def half(self) -> dt.datetime:
        """The middle of the certificate's life: from then on it is to be renewed."""
        return self.not_before + (self.not_after - self.not_before) / 2


def make_key() -> bytes:
    """A new private key, PEM (PKCS #8)."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key. Raises IdentityError."""
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise IdentityError(words.KEY_DAMAGED.say(why=error)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError(words.KEY_ODD.say())
    return key


def host_id(public: ec.EllipticCurvePublicKey) -> str:
    """First 16 bytes of the SHA-256 of SubjectPublicKeyInfo, lower-case hexadecimal."""
    info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()[:16].hex()


def request(key_pem: bytes) -> bytes:
    """A PKCS #10 request, DER, named by the host's id and signed by its key."""
    key = read_key(key_pem)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host_id(key.public_key()))])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def sign(key_pem: bytes, data: bytes) -> bytes:
    """An ECDSA signature with SHA-256, DER."""
    return read_key(key_pem).sign(data, ec.ECDSA(hashes.SHA256()))


def parse(key: bytes, certificate: bytes, authorities: bytes) -> Identity:
    """Check that the three belong together. Raises IdentityError saying what does not."""
    public = read_key(key).public_key()
    try:
        leaf = x509.load_pem_x509_certificate(certificate)
        trusted = x509.load_pem_x509_certificates(authorities)
    except ValueError as error:
        raise IdentityError(words.NO_X509.say(why=error)) from error
    if leaf.public_key() != public:
        raise IdentityError(words.OTHER_KEY.say())
    if not any(_signed(leaf, authority) for authority in trusted):
        raise IdentityError(words.OTHER_AUTHORITY.say())
    return Identity(host_id(public), key, certificate, authorities, leaf.not_valid_before_utc, leaf.not_valid_after_utc)


def _signed(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 # bulkhead: cryptography names four kinds of refusal; each one means "not signed by it"
        return False
    return True


def load(paths: AgentPaths) -> Identity:
    """This host's identity. Raises NotEnrolled, or IdentityError if it is damaged."""
    try:
        return parse(paths.key.read_bytes(), paths.certificate.read_bytes(), paths.authorities.read_bytes())
    except FileNotFoundError as error:
        enrol = advised(f"enrol --ticket {words.TICKET.say()}", paths.root)
        raise NotEnrolled(words.NOT_ENROLLED.say(path=error.filename, enrol=enrol)) from error
    except (OSError, IdentityError) as error:
        raise IdentityError(words.DAMAGED.say(path=paths.identity, why=error)) from error


def save(paths: AgentPaths, identity: Identity) -> None:
    """Write it: the certificate last, so that a half written identity is seen as none. Raises OSError."""
    paths.identity.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole.write(paths.key, identity.key)
    whole.write(paths.authorities, identity.authorities)
    whole.write(paths.host, identity.host.encode() + b"\n", mode=0o644)
    whole.write(paths.certificate, identity.certificate)
