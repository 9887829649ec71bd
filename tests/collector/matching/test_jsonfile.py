import gzip

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.matching import jsonfile
from tramgac_collector.matching.jsonfile import Broken, decode, entries

ONE = '{"EventID": 1, "Channel": "a"}'
TWO = '{"EventID": 2,\n "Channel": "b",\n "x": {"y": [1, "}"]}}'
BAD = None


def ids(tmp_path, text, name="x.json"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = list(entries(path))
    assert [entry.index for entry in found] == list(range(len(found)))
    return [entry.record.event_id if entry.record else BAD for entry in found]


@pytest.mark.parametrize(("text", "wanted"), [
    ("", []),
    (" \n\n", []),
    (ONE, ["1"]),
    (f"\ufeff{ONE}\n\n{ONE}\r\n", ["1", "1"]),
    (f"{ONE}\nnonsense\n{ONE}", ["1", BAD, "1"]),
    (f"nonsense\n{ONE}", [BAD, "1"]),
    ("nonsense", [BAD]),
    (f"one\ntwo\n{ONE}\n{ONE}", [BAD, BAD, "1", "1"]),
    (f'{{"EventID": 1, "Ch\ntwo\n{{"E\n{ONE}\n{ONE}', [BAD, BAD, BAD, "1", "1"]),
    (f"one\ntwo\n{TWO}\n{TWO}", [BAD, "2", "2"]),
    (f'{{"EventID": 2,\n"Channel": "b",\n"x":\n{{"y": 1}}\n}}\n{TWO}', ["2", "2"]),
    (f'{{"EventID": 2,\noops\n}}\n{TWO}', [BAD, "2"]),
    ("one\ntwo\nthree", [BAD] * 3),
    (f" {TWO}", ["2"]),
    (f" one\n {ONE}\n {ONE}\n", [BAD, "1", "1"]),
    (f'{{"EventID": \n{ONE}', [BAD, "1"]),
    (f"{ONE}\n5\n[]\n", ["1", BAD, BAD]),
    (TWO, ["2"]),
    (f"{TWO}\n{TWO}", ["2", "2"]),
    (f"{TWO} {TWO}", ["2", "2"]),
    (f'{TWO}\n{{"EventID": 3,\n "Channel": oops\n}}\n{TWO}', ["2", BAD, "2"]),
    (f'{TWO}\n{{"EventID": 3,\n "Channel":\n{TWO}', ["2", BAD, "2"]),
    (f"{TWO}\n}}\n{TWO}", ["2", BAD, "2"]),
    ("[]", []),
    (f"[{ONE},{TWO}]", ["1", "2"]),
    (f"[\n{ONE},\n{TWO}\n]\n", ["1", "2"]),
    (f'[\n{ONE},\n{{"a": oops}},\n5, "a,b", null,\n{TWO}\n]', ["1", BAD, BAD, BAD, BAD, "2"]),
    (f"[\n{ONE},\n{{", ["1", BAD]),
    (f"[\n{ONE},\n{TWO}", ["1", "2", BAD]),
    (f"[{ONE},\n", ["1", BAD]),
    ("[", [BAD]),
    (f"[{ONE}]\n[{TWO}]", ["1", "2"]),
    (f"[2026-11-30] oops\n{ONE}\n{ONE}", [BAD, BAD, "1", "1"]),
    (f"{ONE}{ONE}", ["1", "1"]),
    (b'{"EventID": 1, "x": "\xff"}', ["1"]),
    (b'{"EventID": 1, "x": "\xff"}\n' * 3, ["1"] * 3),
    (ONE.encode() + b'\n{"EventID": 2, "x": "\xff"}\n' + ONE.encode(), ["1", "2", "1"]),
])  # fmt: skip
def test_forms(tmp_path, text, wanted):
    assert ids(tmp_path, text) == wanted


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_compression_is_told_by_its_first_bytes(tmp_path, pack):
    packed = pack(f"{ONE}\n{ONE}\n".encode() * 1000)
    assert len(ids(tmp_path, packed)) == 2000
    with pytest.raises(Broken, match="damaged"):
        ids(tmp_path, packed[: len(packed) // 2])


@pytest.mark.parametrize("text", [f"{ONE}\n" * 999, f"{TWO}\n" * 999, "[" + f"{ONE},\n" * 999 + "]"])
def test_what_comes_before_the_damage_is_read(tmp_path, text):
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(text.encode(), 0)[:-3000])
    found = []
    with pytest.raises(Broken, match="damaged"):
        found.extend(entries(path))
    assert len(found) > 100
    assert found[0].record


def test_damage_at_the_beginning_of_many_lines_makes_them_no_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonfile, "MAX_WHOLE", 1000)
    assert ids(tmp_path, "one\ntwo\n" + f"{ONE}\n" * 100) == [BAD, BAD] + ["1"] * 100


def test_numbers_keep_their_text_and_halves_of_pairs_are_replaced():
    found = decode(b'{"a": 1.50, "b": 123456789012345678901234567890, "c": 1e400, "d": true}')
    assert {name: str(value) for name, value in found.items()} == {
        "a": "1.50", "b": "123456789012345678901234567890", "c": "1e400", "d": "True",
    }  # fmt: skip
    assert decode(b'{"a\\ud800": ["x\\udfffy", NaN]}') == {"a\ufffd": ["x\ufffdy", "NaN"]}


def test_a_line_without_end_is_one_unreadable_record(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonfile, "MAX_LINE", 100)
    assert ids(tmp_path, f'{ONE}\n{{"EventID": 3, "x": "{"y" * 1000}"}}\n{ONE}\n') == ["1", BAD, "1"]
    monkeypatch.setattr(jsonfile, "MAX_WHOLE", 1000)
    with pytest.raises(Broken, match="JSON lines"):
        ids(tmp_path, "[\n" + f"{ONE},\n" * 100 + "]")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([ONE, TWO, "\n", "{", "}", "[", "]", ",", '"', "\\", "5", "\ufeff", " "]), max_size=8))
def test_anything_ends_and_counts_up(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("any") / "x.json"
    path.write_text("".join(parts), "utf-8")
    found = list(entries(path))
    assert [entry.index for entry in found] == list(range(len(found)))


def test_what_a_reader_says_is_quoted_as_its_own_words():
    problem = jsonfile.record(0, b"{bad").problem
    assert problem.en.startswith("not JSON: its reader says 'Expecting property name")
    assert problem.vi.startswith("không phải JSON: bộ đọc báo 'Expecting property name")
