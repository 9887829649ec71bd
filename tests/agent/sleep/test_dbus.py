import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.sleep.dbus import HEAD, MAX_MESSAGE, BusError, Call, call, length, read

TO = Call("org.example.Name", "/org/example", "org.example.Face", "Do")


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40), max_size=5))
def test_a_call_is_as_long_as_it_says_and_names_what_it_calls(texts):
    raw = call(7, TO, *texts)
    assert length(raw[:HEAD]) == len(raw)
    told = read(raw)
    assert (told.kind, told.interface, told.member, told.fds) == (1, TO.interface, TO.member, 0)
    assert told.flag is None


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_an_error(raw):
    for data in (raw, b"l\x04\0\x01" + raw, call(1, TO)[: len(raw)] + raw):
        try:
            size = length(data[:HEAD].ljust(HEAD, b"\0"))
            read(data[:size])
        except BusError:
            pass


def test_what_is_too_long_or_of_another_version_is_refused():
    with pytest.raises(BusError, match="are read"):
        length(struct.pack("<cBBBIII", b"l", 4, 0, 1, MAX_MESSAGE, 1, 0))
    with pytest.raises(BusError, match="no message"):
        length(b"l\x04\0\x02" + bytes(12))
