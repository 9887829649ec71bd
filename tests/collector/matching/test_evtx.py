import struct

import pytest
from tramgac_collector.matching.evtx import MAGIC, entries
from tramgac_collector.matching.jsonfile import Broken

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
    path.write_bytes(HEADER + damaged + bytes(CHUNK) + b"junk".ljust(CHUNK, b"\x00") + damaged[:1000])
    found = list(entries(path))
    assert [entry.index for entry in found] == list(range(7))
    assert all(entry.record is None and entry.problem for entry in found)


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
