import hashlib

from tramgac_wire.chain import START, checkpoint_bytes, extend


def test_each_link_covers_all_before():
    one = hashlib.sha256(START + b"a").digest()
    assert extend(START, [b"a"]) == one
    assert extend(START, [b"a", b"b"]) == hashlib.sha256(one + b"b").digest() == extend(one, [b"b"])
    assert extend(START, []) == bytes(32)


def test_checkpoint_bytes_are_as_the_proto_says():
    assert checkpoint_bytes(1, 2, 3, b"c" * 32) == bytes.fromhex("0000000000000001000000020000000000000003") + b"c" * 32
