"""Keys in a backup, encrypted to a recipient whose private half is on another machine.

HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305. A sealed file is `TGSEAL1` and a newline, the
recipient's mark (8 bytes), then HPKE's encapsulated key and ciphertext. Keys are files of one line of text each.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from tramgac_wire import whole

from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.words import BackupWord

RECIPIENT, IDENTITY = "tramgac-backup-recipient-1:", "TRAMGAC-BACKUP-IDENTITY-1:"
"""How the line with a public, a private key begins."""
MAGIC = b"TGSEAL1\n"
_MARK = 8
_INFO = b"tramgac backup keys"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_RAW = serialization.Encoding.Raw


def make(file: Path) -> Path:
    """Make a pair of keys: the private one at `file`, mode 0600, the public one beside it; return where that is.

    Raises:
        BackupError: one of the files is there.
        OSError: they cannot be written.
    """
    public = file.with_name(file.name + ".pub")
    for there in (file, public):
        if there.exists():
            raise BackupError(BackupWord.KEY_THERE.both(file=there))
    key = X25519PrivateKey.generate()
    secret = key.private_bytes(_RAW, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    whole.write(file, _line(IDENTITY, secret))
    whole.write(public, _line(RECIPIENT, _public(key.public_key())), mode=0o644)
    return public


def recipient(file: Path) -> X25519PublicKey:
    """Read a recipient's file. Raises BackupError if it is none, OSError if it cannot be read."""
    return X25519PublicKey.from_public_bytes(_read(file, RECIPIENT))


def identity(file: Path) -> X25519PrivateKey:
    """Read an identity's file. Raises BackupError if it is none, OSError if it cannot be read."""
    return X25519PrivateKey.from_private_bytes(_read(file, IDENTITY))


def mark(key: X25519PublicKey) -> str:
    """Give what a recipient is known by, 16 hexadecimal digits."""
    return hashlib.sha256(_public(key)).digest()[:_MARK].hex()


def seal(data: bytes, to: X25519PublicKey) -> bytes:
    """Encrypt to a recipient."""
    return MAGIC + bytes.fromhex(mark(to)) + bytes(_SUITE.encrypt(data, to, info=_INFO))


def unseal(data: bytes, key: X25519PrivateKey) -> bytes:
    """Decrypt with an identity. Raises BackupError if it is another's, or the data were altered."""
    head, body = data[: len(MAGIC) + _MARK], data[len(MAGIC) + _MARK :]
    wrong = BackupError(BackupWord.WRONG_IDENTITY.both(recipient=head[len(MAGIC) :].hex()))
    if head != MAGIC + bytes.fromhex(mark(key.public_key())):
        raise wrong
    try:
        return bytes(_SUITE.decrypt(body, key, info=_INFO))
    except (InvalidTag, ValueError):
        raise wrong from None


def _public(key: X25519PublicKey) -> bytes:
    return key.public_bytes(_RAW, serialization.PublicFormat.Raw)


def _line(prefix: str, key: bytes) -> bytes:
    return (prefix + base64.b64encode(key).decode() + "\n").encode()


def _read(file: Path, prefix: str) -> bytes:
    lines = [line for line in file.read_text(errors="replace").splitlines() if line.startswith(prefix)]
    if not lines:
        why = BackupWord.NO_RECIPIENT_LINE.both(prefix=prefix)
        raise BackupError(BackupWord.BAD_KEY_FILE.both(file=file, why=why))
    try:
        key = base64.b64decode(lines[0].removeprefix(prefix), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:  # noqa: PLR2004 - RFC 7748: a key of X25519
        raise BackupError(BackupWord.BAD_KEY_FILE.both(file=file, why=BackupWord.KEY_DAMAGED.both()))
    return key
