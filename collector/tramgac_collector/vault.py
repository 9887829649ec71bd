"""Where samples lie: encrypted under their SHA-256, so that no scanner, indexer or double click meets them.

A file `samples/ab/abcdef...` is a header (magic, 8 random bytes) and sealed chunks of 256 kB (AES-256-GCM; the nonce
is the header's random bytes and the chunk's number, what is authenticated beside it is the hash, the number and
whether it is the last: STREAM of Hoang, Reyhanitabar, Rogaway and Vizar 2015). The key is `samples/key`, mode 0600.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tramgac_wire import whole

from tramgac_collector.refusals import SampleRefused

MAGIC = b"tgsample"
CHUNK = 256 * 1024
_SEALED = CHUNK + 16
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
_HEX = frozenset("0123456789abcdef")


class Vault:
    """The stored samples of one collector. Several processes may use one folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; its key is made when there is none."""
        self._folder = folder
        self._key = AESGCM(_key(folder))

    def begin(self, sha256: str, limit: int) -> "Upload":
        """Begin to take in the sample with this hash (hexadecimal), of at most `limit` bytes.

        Raises:
            SampleRefused: that is no SHA-256.

        """
        return Upload(self._key, self.path(sha256), sha256, limit)

    def has(self, sha256: str) -> bool:
        """Tell whether the sample is here."""
        return self.path(sha256).exists()

    def open(self, sha256: str) -> int:
        """Return a descriptor of the plain sample in memory (memfd_create(2)), at its start. The caller closes it.

        It is sealed: nobody that it is passed to can change what another is to see.

        Raises:
            SampleRefused: it is not here, or not as it was stored.

        """
        descriptor = os.memfd_create("tramgac-sample", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, descriptor)
            with os.fdopen(descriptor, "wb", closefd=False) as plain:
                for chunk in self._chunks(sha256):
                    plain.write(chunk)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
            os.lseek(descriptor, 0, os.SEEK_SET)
            undo.pop_all()
        return descriptor

    def path(self, sha256: str) -> Path:
        """Return where a sample lies or would lie.

        Raises:
            SampleRefused: that is no SHA-256.

        """
        if len(sha256) != 64 or not _HEX.issuperset(sha256):  # noqa: PLR2004 - hexadecimal digits of a SHA-256
            message = f"{sha256[:80]!r} is no SHA-256 in lower-case hexadecimal"
            raise SampleRefused(message)
        return self._folder / sha256[:2] / sha256

    def _chunks(self, sha256: str) -> Iterator[bytes]:
        path = self.path(sha256)
        try:
            with path.open("rb") as file:
                yield from _open_chunks(self._key, file, sha256)
        except FileNotFoundError:
            message = f"sample {sha256} is not stored here"
            raise SampleRefused(message) from None
        except (InvalidTag, struct.error) as error:
            message = f"sample {sha256} is damaged on disk ({path}); remove the file and it will be asked for again"
            raise SampleRefused(message) from error


class Upload:
    """A sample on its way in. Nothing stays unless `finish` returns."""

    def __init__(self, key: AESGCM, target: Path, sha256: str, limit: int) -> None:
        """See Vault.begin."""
        target.parent.mkdir(mode=0o700, exist_ok=True)
        self._key, self._target, self._sha256, self._limit = key, target, sha256, limit
        self._prefix = secrets.token_bytes(8)
        self._part = target.with_name(f"{sha256}.{secrets.token_hex(4)}.part")
        self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(MAGIC + self._prefix)
        self._digest, self._buffer = hashlib.sha256(), bytearray()
        self.size, self._number = 0, 0

    def write(self, data: bytes) -> None:
        """Take in the next bytes.

        Raises:
            SampleRefused: there are more than the limit.

        """
        self.size += len(data)
        if self.size > self._limit:
            self.abort()
            message = f"sample {self._sha256} is larger than the {self._limit} bytes that were asked for"
            raise SampleRefused(message)
        self._digest.update(data)
        self._buffer += data
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]

    def finish(self) -> int:
        """Put the sample in its place, durably; return its size in bytes.

        Raises:
            SampleRefused: its hash is another.

        """
        if self._digest.hexdigest() != self._sha256:
            self.abort()
            message = f"what was sent as sample {self._sha256} has another hash"
            raise SampleRefused(message)
        self._seal(bytes(self._buffer), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        whole.sync_folder(self._target.parent)
        return self.size

    def abort(self) -> None:
        """Forget what came."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce, beside = _place(self._prefix, self._sha256, self._number, last=last)
        self._file.write(self._key.encrypt(nonce, chunk, beside))
        self._number += 1


def _open_chunks(key: AESGCM, file: BinaryIO, sha256: str) -> Iterator[bytes]:
    magic, prefix = struct.unpack("8s8s", file.read(16))
    if magic != MAGIC:
        raise InvalidTag
    number, sealed = 0, file.read(_SEALED)
    while True:
        following = file.read(_SEALED)
        nonce, beside = _place(prefix, sha256, number, last=not following)
        yield key.decrypt(nonce, sealed, beside)
        if not following:
            return
        number, sealed = number + 1, following


def _place(prefix: bytes, sha256: str, number: int, *, last: bool) -> tuple[bytes, bytes]:
    return prefix + struct.pack(">I", number), bytes.fromhex(sha256) + struct.pack(">I?", number, last)


def _key(folder: Path) -> bytes:
    """Return the folder's key; the first process to come makes it."""
    path = folder / "key"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        part = folder / f"key.{secrets.token_hex(4)}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, AESGCM.generate_key(256))
        os.fsync(descriptor)
        os.close(descriptor)
        with contextlib.suppress(FileExistsError):  # another process was first: its key stands
            os.link(part, path)
        part.unlink()
        whole.sync_folder(folder)
    return path.read_bytes()
