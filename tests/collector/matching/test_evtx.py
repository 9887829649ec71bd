import struct

import pytest
from tramgac_collector.matching.evtx import MAGIC, entries, pieces
from tramgac_collector.matching.jsonfile import Broken

from tests.collector.matching.evtx_making import event, evtx

HEADER = MAGIC.ljust(4_096, b"\x00")
CHUNK = 65_536


def test_what_is_no_event_log(tmp_path):
    path = tmp_path / "x.evtx"
    for content in (b"", b"nonsense"):
        path.write_bytes(content)
        with pytest.raises(Broken, match="no event log"):
            list(entries(path))
    with pytest.raises(FileNotFoundError):
        list(entries(tmp_path / "missing.evtx"))


def test_a_damaged_chunk_counts_for_the_records_it_says_it_has(tmp_path):
    damaged = struct.pack("<8sQQQQ", b"ElfChnk\x00", 11, 13, 11, 13).ljust(CHUNK, b"\xee")
    path = tmp_path / "x.evtx"
    path.write_bytes(HEADER + damaged + b"junk".ljust(CHUNK, b"\x00") + damaged[:1000])
    found = list(entries(path))
    assert [entry.index for entry in found] == list(range(7))
    assert all(entry.record is None and entry.problem for entry in found)


EVENTS = (
    event("System", "7045", "4242", {"ServiceName": "one", "Image Path": "C:\\\u1ed1.exe"}),
    event("Application", "1", "4243", ["a", "b"]),
    event("System", "7045", "4244", {"ServiceName": "three"}),
)


def test_records_as_the_judge_reads_them(tmp_path):
    content, _ = evtx(*EVENTS)
    path = tmp_path / "x.evtx"
    path.write_bytes(content)
    first, second, third = entries(path)
    assert (first.index, first.record_id, first.record.channel, first.record.event_id) == (0, 4242, "System", "7045")
    assert first.record.fields["ServiceName"] == "one"
    assert first.record.fields["ImagePath"] == "C:\\\u1ed1.exe"
    assert first.record.fields["Provider_Name"] == "Provider"
    assert second.record.fields["Data"] == ("a", "b")
    assert (third.index, third.record_id) == (2, 4244)


def test_a_damaged_record_is_unreadable_and_those_behind_it_are_read(tmp_path):
    content, places = evtx(*EVENTS)
    content[places[1] + 24 : places[1] + 60] = b"\xee" * 36
    path = tmp_path / "x.evtx"
    path.write_bytes(content + content[4_096:])  # and a second chunk of the same
    found = list(entries(path))
    assert [entry.record is None for entry in found] == [False, True, False] * 2
    assert [entry.index for entry in found] == list(range(6))


def test_tables_that_lead_in_a_circle_are_not_followed(tmp_path):
    content, _ = evtx(*EVENTS)
    struct.pack_into("<I", content, 4_096 + 128, 600)  # a chain of names begins at 600, goes on at 700, and at 600
    struct.pack_into("<I", content, 4_096 + 600, 700)
    struct.pack_into("<I", content, 4_096 + 700, 600)
    path = tmp_path / "x.evtx"
    path.write_bytes(content + evtx(*EVENTS)[0][4_096:])
    found = list(entries(path))
    assert [entry.record is None for entry in found] == [True] * 3 + [False] * 3
    assert "circle" in found[0].problem.en


def test_what_is_lost_is_told_after_what_is_there(tmp_path):
    content, _ = evtx(*EVENTS, chunks=3)
    path = tmp_path / "x.evtx"
    path.write_bytes(content[:4_096] + content[4_096:] + bytes(CHUNK) + content[4_096:])
    found = []
    with pytest.raises(Broken, match=r"missing or all zeros: 2$"):
        found.extend(entries(path))
    assert [entry.index for entry in found] == list(range(6))
    assert all(entry.record for entry in found)


def test_a_log_without_records_is_whole(tmp_path):
    content, _ = evtx(*EVENTS)
    empty = struct.pack("<8sqqqqIII", b"ElfChnk\x00", 1, -1, -1, -1, 128, 0, 512).ljust(CHUNK, b"\x00")
    path = tmp_path / "x.evtx"
    path.write_bytes(content[:4_096] + empty)
    assert list(entries(path)) == []


@pytest.fixture
def sample(data_folder):
    return max((data_folder / "sigma/regression_data").rglob("*.evtx"), key=lambda path: path.stat().st_size)


@pytest.mark.data
def test_records_of_a_real_file(sample):
    found = list(entries(sample))
    assert found
    assert all(entry.record and entry.record.channel and entry.record_id and entry.time for entry in found)


@pytest.mark.data
def test_damage_in_a_real_file_costs_what_it_touches(sample, tmp_path):
    content = bytearray(sample.read_bytes())
    whole = len(list(entries(sample)))
    broken = tmp_path / "x.evtx"
    content[4_096 + 512 + 24 : 4_096 + 512 + 60] = b"\xee" * 36  # the first record of the first chunk
    broken.write_bytes(content)
    found = list(entries(broken))
    assert len(found) == whole
    assert [entry.record is None for entry in found] == [True] + [False] * (whole - 1)
    broken.write_bytes(content[: 4_096 + 30_000])  # cut in the middle of a chunk
    assert len(list(entries(broken))) >= 1


@pytest.mark.data
def test_real_files_lack_nothing(data_folder):
    for path in sorted((data_folder / "sigma/regression_data").rglob("*.evtx"))[::10]:
        with path.open("rb") as file:
            assert list(pieces(file))
