"""A set that is damaged, by chance or on purpose, is refused or gives wrong answers; it leads nowhere else."""

import json
import random

import pytest
from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators import Indicators, opening
from tramgac_rules.indicators.layout import FORMAT, MAGIC
from tramgac_rules.indicators.opening import open_set

from tests.rules.indicators.making import packed, record
from tests.rules.indicators.test_packing import EVERYTHING

WHOLE = packed(*EVERYTHING, ("network", "192.0.2.128/25"))
HEADER = len(MAGIC) + 4


def header(data):
    length = int.from_bytes(data[len(MAGIC) : HEADER], "little")
    return json.loads(data[HEADER : HEADER + length])


def with_header(changed):
    """The set with another header, where it has room."""
    text = (changed if isinstance(changed, str) else json.dumps(changed)).encode()
    first = min(at for at, _ in header(WHOLE)["sections"].values())
    assert HEADER + len(text) <= first
    return MAGIC + len(text).to_bytes(4, "little") + text + bytes(first - HEADER - len(text)) + WHOLE[first:]


def with_number(section, index, number, size=4):
    at = header(WHOLE)["sections"][section][0] + index * size
    return WHOLE[:at] + number.to_bytes(size, "little") + WHOLE[at + size :]


def refusal(data):
    with pytest.raises(IndicatorError) as caught:
        open_set(data)
    return str(caught.value)


def test_any_buffer_serves():
    for data in (WHOLE, bytearray(WHOLE), memoryview(WHOLE)):
        assert Indicators(data).counts["address"] == 2


@pytest.mark.parametrize(
    "data", [b"", b"x", MAGIC, MAGIC + b"\xff\xff\xff\xff", b"x" * 1_000, WHOLE[: len(WHOLE) // 2]]
)
def test_what_is_no_set(data):
    assert refusal(data)


@pytest.mark.parametrize("text", ["", "[]", "{", "nul", '{"format": 1}', '{"format": 1, "labels": 1, "sections": []}'])
def test_a_header_that_says_nothing(text):
    assert refusal(with_header(text))


def test_a_later_format_says_what_to_do():
    assert "update the older of both" in refusal(with_header({**header(WHOLE), "format": FORMAT + 1}))


@pytest.mark.parametrize("place", [[-8, 8], [8, -8], [0, 1 << 60], [1 << 60, 0], [0], "x", None, [0.0, 8], [0, 7]])
def test_sections_that_are_elsewhere(place):
    told = header(WHOLE)
    told["sections"]["sha256.keys"] = place
    assert refusal(with_header(told)).startswith("sha256.keys")


@pytest.mark.parametrize("labels", [-1, 128, "2", None, 1 << 40])
def test_labels_out_of_bounds(labels):
    assert "labels" in refusal(with_header({**header(WHOLE), "labels": labels}))


@pytest.mark.parametrize("section", sorted(header(WHOLE)["sections"]))
def test_a_section_that_is_missing_or_of_another_length(section):
    told = header(WHOLE)
    whole = told["sections"].pop(section)
    if section.endswith(".keys"):
        open_set(with_header(told))  # the table is not there
    else:
        assert refusal(with_header(told))
    told["sections"][section] = [whole[0], 0]
    if whole[1]:
        assert refusal(with_header(told))


@pytest.mark.parametrize(("data", "said"), [
    (with_number("sha256.abouts", 0, 99), "sha256.abouts"),
    (with_number("about.levels", 0, 5, 1), "about.levels"),
    (with_number("about.notes", 0, 99), "about.notes"),
    (with_number("network4.keys", 0, 0xFFFFFFFF), "network4.keys"),
    (with_number("network4.parents", 0, 0), "network4.parents"),
    (with_number("network4.parents", 1, 1), "network4.parents"),
    (with_number("network4.values", 4, 33, 1), "network4.values"),
    (with_number("domain.starts", 0, 1), "domain.starts"),
    (with_number("domain.starts", 1, 7), "domain.starts"),
    (with_number("texts.starts", 1, 0xFFFFFFFF), "texts.starts"),
])  # fmt: skip
def test_numbers_that_stand_for_nothing(data, said):
    assert said in refusal(data)


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(opening, "MAX_ENTRIES", 3)
    assert "more than 3" in refusal(WHOLE)


def test_whatever_byte_is_damaged_it_is_refused_or_matches_to_an_end():
    draw = random.Random(5)
    events = [
        record(Hashes="SHA256=" + "ab" * 32, DestinationIp="192.0.2.129", SourceIp="2001:db8::1"),
        record(QueryName="x.evil.com", TargetFilename="/tmp/x", CommandLine="get http://evil.com/ü"),
    ]
    refused = 0
    for _ in range(1_500):
        data = bytearray(WHOLE)
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.choice((0, 1, 0x7F, 0xFF, draw.randrange(256)))
        try:
            made = Indicators(data)
        except IndicatorError:
            refused += 1
        else:
            for event in events:
                made.match(event)
    assert 300 < refused < 1_500
