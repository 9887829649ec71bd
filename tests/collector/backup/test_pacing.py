import os

import pytest
from tramgac_collector.backup import pacing
from tramgac_collector.backup.pacing import SMALL, STEP, Pace


class Disk:
    """A disk that takes a second for each file that it is to write."""

    def __init__(self):
        self.now, self.written, self.slept = 0.0, [], []

    def write(self, descriptor):
        self.now += 1
        self.written.append(descriptor)

    def sleep(self, seconds):
        self.slept.append(seconds)

    def pace(self):
        return Pace(self.write, lambda: self.now, self.sleep)


def test_after_each_step_the_disk_is_left_to_others_for_as_long():
    disk = Disk()
    pace = disk.pace()
    for _ in range(8):
        pace.wrote(3, STEP // 4)
    assert (disk.written, disk.slept) == ([3, 3], [1.0, 1.0])


def test_a_file_s_end_is_written_unless_it_is_small_or_nothing_is_left():
    disk = Disk()
    pace = disk.pace()
    pace.wrote(3, STEP)
    pace.ended(3, STEP)
    assert disk.written == [3]
    pace.wrote(4, SMALL)
    pace.ended(4, SMALL)
    assert disk.written == [3, 4]
    for file in range(STEP // 1_000 + 1):
        pace.wrote(file, 1_000)
        pace.ended(file, 1_000)
    assert len(disk.written) == 3, "many small ones together are a step too"


def test_a_file_is_written_back(tmp_path):
    with (tmp_path / "file").open("wb", buffering=0) as file:
        file.write(b"x" * 10_000)
        pacing.write_back(file.fileno())
    reader, writer = os.pipe()
    try:
        with pytest.raises(OSError, match="Illegal seek"):
            pacing.write_back(writer)
    finally:
        os.close(reader)
        os.close(writer)
