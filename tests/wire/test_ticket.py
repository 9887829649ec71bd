import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.errors import TicketError
from tramgac_wire.limits import MAX_TICKET
from tramgac_wire.ticket import PREFIX, Ticket, decode, encode

GOOD = Ticket("secret", "collector.example.vn:8443", b"\x30\x82certificate", "a" * 64)


def body(**parts):
    raw = {"secret": "s", "collector": "h:1", "ca": "AAAA", "content_root": ""} | parts
    text = json.dumps({name: part for name, part in raw.items() if part is not None})
    return PREFIX + base64.urlsafe_b64encode(text.encode()).decode()


@given(st.text(min_size=1), st.binary(min_size=1), st.sampled_from(["", "0" * 64]))
def test_what_is_encoded_is_decoded(secret, ca, root):
    ticket = Ticket(secret, "[::1]:443", ca, root)
    assert decode(encode(ticket)) == ticket


def test_a_wrapped_line_is_read():
    text = encode(GOOD)
    assert decode(f"  {text[:40]}\n   {text[40:]}\r\n") == GOOD


@pytest.mark.parametrize("text", ["", "abc", "tramgac2.AAAA", PREFIX + "A" * MAX_TICKET])
def test_what_is_no_ticket_is_named_so(text):
    with pytest.raises(TicketError, match="no ticket") as raised:
        decode(text)
    assert raised.value.word == "foreign"


@pytest.mark.parametrize("text", [encode(GOOD)[:-9], PREFIX + "!!!!", PREFIX + "AAAA", PREFIX + "é"])
def test_a_cut_or_changed_ticket_is_named_so(text):
    with pytest.raises(TicketError, match="copy the whole line") as raised:
        decode(text)
    assert raised.value.word == "damaged"


@pytest.mark.parametrize(
    "text",
    [
        body(secret=None),
        body(secret=""),
        body(ca="?"),
        body(ca=""),
        body(collector="h"),
        body(collector=":1"),
        body(collector="h:x"),
        body(content_root="AB"),
        body(content_root=7),
        PREFIX + base64.urlsafe_b64encode(b"[1]").decode(),
    ],
)
def test_a_malformed_part_is_named_so(text):
    with pytest.raises(TicketError, match="make a new one") as raised:
        decode(text)
    assert raised.value.word == "malformed"


@given(st.text())
def test_any_text_is_a_ticket_or_a_ticket_error(text):
    with pytest.raises(TicketError):
        decode(PREFIX + text)
