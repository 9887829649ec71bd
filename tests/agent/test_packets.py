import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.errors import LocalError
from tramgac_agent.packets import (
    Acked,
    Choices,
    Content,
    Heads,
    Lost,
    NoSample,
    Renew,
    Sample,
    Skew,
    Staged,
    WantSample,
    decode,
    encode,
)

WORD = st.integers(0, 2**64 - 1)
HASH = st.binary(min_size=32, max_size=32)
MARKS = st.lists(st.binary(min_size=6, max_size=6), max_size=9).map(b"".join)
MESSAGES = st.one_of(
    st.builds(Heads, WORD, WORD, st.dictionaries(st.integers(1, 3), st.tuples(WORD, WORD))),
    st.builds(Sample, HASH, WORD, st.just(-1)),
    st.builds(NoSample, HASH, st.text(max_size=100)),
    st.builds(Content, WORD, st.booleans(), st.text(max_size=100), WORD),
    st.builds(Acked, WORD, WORD, WORD),
    st.builds(Lost, WORD, WORD, WORD, WORD),
    st.builds(Renew, WORD, st.text(max_size=100)),
    st.builds(Skew, st.integers(-(2**63), 2**63 - 1)),
    st.builds(Staged, WORD),
    st.builds(WantSample, HASH, WORD),
    st.builds(Choices, MARKS, MARKS),
)


@given(MESSAGES)
def test_a_message_is_what_was_said(message):
    assert decode(encode(message)) == message


def test_the_descriptor_is_the_packets_not_the_texts():
    assert b"fd" not in encode(Sample(bytes(32), 1, 17))
    assert decode(encode(Sample(bytes(32), 1, 17)), 5).fd == 5


@given(st.binary(max_size=300))
def test_garbage_is_refused(data):
    with pytest.raises(LocalError):
        decode(data)


@pytest.mark.parametrize(
    "body",
    [
        {"say": "Acked", "epoch": 1, "lane": 1},
        {"say": "Choices", "quiet": "00" * 7, "urgent": ""},
        {"say": "Choices", "quiet": "", "urgent": "xy"},
        {"say": "Choices", "quiet": "", "urgent": "00" * 6 * 8_001},
        {"say": "Acked", "epoch": 1, "lane": 1, "sequence": 1, "more": 1},
        {"say": "Acked", "epoch": -1, "lane": 1, "sequence": 1},
        {"say": "Acked", "epoch": 1, "lane": True, "sequence": 1},
        {"say": "Acked", "epoch": 2**64, "lane": 1, "sequence": 1},
        {"say": "Acked", "epoch": "1", "lane": 1, "sequence": 1},
        {"say": "Skew", "ns": 2**63},
        {"say": "Skew", "ns": 1.5},
        {"say": "WantSample", "sha256": "00", "limit": 1},
        {"say": "WantSample", "sha256": "z" * 64, "limit": 1},
        {"say": "Heads", "epoch": 1, "present": 1, "lanes": {"x": [1, 2]}},
        {"say": "Heads", "epoch": 1, "present": 1, "lanes": {"1": 3}},
        {"say": "Nothing"},
        {"say": ["Acked"]},
        {},
        [],
    ],
)
def test_wrong_shapes_types_and_ranges_are_refused(body):
    with pytest.raises(LocalError):
        decode(json.dumps(body).encode())


def test_deep_nesting_is_refused():
    with pytest.raises(LocalError):
        decode(b"[" * 16_000)


def test_a_reason_is_cut():
    assert len(decode(encode(Renew(1, "x" * 9000))).reason) == 500
