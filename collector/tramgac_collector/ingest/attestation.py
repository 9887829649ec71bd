"""A host's signed word for one lane's chain, kept in the ingest log behind the batches that it speaks for.

What a host signed nobody else can change: whoever reads the log later finds by it what was altered there, or before.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_proto.session_pb2 import Checkpoint
from tramgac_wire.batch import DIGEST
from tramgac_wire.chain import checkpoint_bytes

from tramgac_collector.ca import host_of

TYPE = 3
_HEAD = struct.Struct(">B16sQQBQ32s33s")
"""Type 3, host, received (ns since 1970), epoch, lane, sequence, chain, the host's key (SEC 1, compressed)."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """A checkpoint with what it takes to prove it: the key, whose hash is the host's id."""

    host: str
    received: int
    """When it reached us, nanoseconds since 1970 UTC."""
    epoch: int
    lane: int
    sequence: int
    """The last sequence that the chain includes."""
    chain: bytes
    key: bytes
    """The host's public key, 33 bytes."""
    signature: bytes
    position: int = -1
    """Its number in the log; -1 outside of one."""

    def genuine(self) -> bool:
        """Tell whether the host with this id signed it."""
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.key)
            signed = checkpoint_bytes(self.epoch, self.lane, self.sequence, self.chain)
            key.verify(self.signature, signed, ec.ECDSA(hashes.SHA256()))
        except (ValueError, InvalidSignature):
            return False
        return host_of(key) == self.host and len(self.chain) == DIGEST


def attestation(host: str, received: int, checkpoint: Checkpoint, key: ec.EllipticCurvePublicKey) -> Attestation:
    """Put a checkpoint that a stream brought together with the key of the stream's certificate."""
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    where = (checkpoint.epoch, int(checkpoint.lane), checkpoint.sequence)
    return Attestation(host, received, *where, checkpoint.chain, point, checkpoint.signature)


def encode(said: Attestation) -> bytes:
    """Encode one as a record of the log."""
    where = (said.epoch, said.lane, said.sequence)
    return _HEAD.pack(TYPE, bytes.fromhex(said.host), said.received, *where, said.chain, said.key) + said.signature


def decode(position: int, payload: bytes) -> Attestation:
    """Decode a record; struct.error if it is none."""
    _, host, received, epoch, lane, sequence, chain, key = _HEAD.unpack_from(payload)
    return Attestation(host.hex(), received, epoch, lane, sequence, chain, key, payload[_HEAD.size :], position)
