from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.enrich.text import clean, decode


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_good_text_is_left_alone(text):
    assert decode(text.encode()) == (text, False)
    assert clean(text) == (text, False)


@given(st.binary())
def test_any_bytes_become_text_that_can_be_sent(raw):
    text, invalid = decode(raw)
    text.encode()
    assert invalid or text.encode() == raw
    assert clean(raw.decode(errors="surrogateescape")) == (text, invalid)


def test_bad_bytes_are_written_in_hexadecimal():
    assert decode(b"a\xff\xc3(") == (r"a\xff\xc3(", True)
