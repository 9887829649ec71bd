"""An authority for a test, and certificates that it signed."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.write("authority", self.sign(self.key.public_key(), self.name, ca=True))

    def sign(self, key, name, *, ca=False, more=None) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        made = made.not_valid_after(now + dt.timedelta(days=1))
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if more is not None:
            made = made.add_extension(more, critical=False)
        return made.sign(self.key, hashes.SHA256())

    def write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self.folder / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


def authority(folder: Path) -> Authority:
    """Write `authority.pem` into a folder."""
    return Authority(folder)


def issue(ca: Authority, name: str) -> tuple[Path, Path]:
    """Give the files of a certificate for a name or an address, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    try:
        meant = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        meant = x509.DNSName(name)
    certificate = ca.write(name, ca.sign(key.public_key(), subject, more=x509.SubjectAlternativeName([meant])))
    file = ca.folder / f"{name}.key"
    none = serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none))
    return certificate, file
