import dataclasses
import struct

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector.ca import host_of
from tramgac_collector.ingest.attestation import Attestation, attestation, decode, encode
from tramgac_proto.session_pb2 import Checkpoint
from tramgac_wire.chain import checkpoint_bytes

KEY = ec.generate_private_key(ec.SECP256R1())


def said(sequence: int = 5, chain: bytes = b"c" * 32) -> Attestation:
    signature = KEY.sign(checkpoint_bytes(9, 1, sequence, chain), ec.ECDSA(hashes.SHA256()))
    checkpoint = Checkpoint(epoch=9, lane=1, sequence=sequence, chain=chain, signature=signature)
    return attestation(host_of(KEY.public_key()), 77, checkpoint, KEY.public_key())


def test_what_goes_into_the_log_comes_out():
    before = said()
    after = decode(3, encode(before))
    assert after == dataclasses.replace(before, position=3)
    assert after.genuine()


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 6},
        {"epoch": 8},
        {"lane": 2},
        {"chain": b"d" * 32},
        {"chain": b"c" * 31},
        {"host": "ab" * 16},
        {"signature": b"x"},
        {"key": bytes(33)},
    ],
)
def test_nothing_of_it_can_be_changed(change):
    assert not dataclasses.replace(said(), **change).genuine()


def test_one_that_is_cut_does_not_decode():
    with pytest.raises(struct.error):
        decode(0, encode(said())[:50])
