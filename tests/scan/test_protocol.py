import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_scan import protocol


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_messages_come_through(message):
    left, right = socket.socketpair()
    with left, right:
        protocol.send(left, message)
        assert protocol.receive(right) == (message, None)


def test_descriptor_comes_with_its_message(pair):
    fd = os.memfd_create("sample")
    os.write(fd, b"content")
    protocol.send(pair[0], {"op": "scan"}, fd)
    os.close(fd)
    message, passed = protocol.receive(pair[1])
    assert message == {"op": "scan"}
    assert os.pread(passed, 99, 0) == b"content"
    os.close(passed)


@pytest.mark.parametrize("said", [b"", b"\1\0", b"\xff\xff\xff\xff", b"\5\0\0\0{}", b"\2\0\0\0[]"])
def test_nonsense_and_silence_are_end_of_file(pair, said):
    pair[0].sendall(said)
    pair[0].close()
    with pytest.raises(EOFError):
        protocol.receive(pair[1])
