import pytest
from tramgac_agent.recent import Recent, Trim
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog


@pytest.fixture
def logs(tmp_path):
    made = {n: SegmentLog.open(OsFileSystem(), str(tmp_path / str(n)), segment_bytes=100) for n in (1, 2)}
    yield made
    for log in made.values():
        log.close()


def fill(logs, recent, lane, *ages):
    """A segment for each age."""
    for age in ages:
        position = logs[lane].append(b"x" * 100)
        logs[lane].sync()
        recent.began(lane, position, age)


def test_the_oldest_acknowledged_segments_go_until_the_rest_fits(logs):
    recent = Recent(logs, cap_bytes=300, age_s=1_000)
    fill(logs, recent, 1, 0, 30, 60)
    fill(logs, recent, 2, 10, 20, 70)
    done = {1: 3, 2: 3}
    assert recent.size(done) == 4 * 128
    assert recent.surplus(done, 100) == Trim(2, 1)  # its newest frame is not above 20, that of the other not above 30
    logs[2].trim(1)
    recent.trimmed(2)
    assert recent.surplus(done, 100) == Trim(1, 1)
    logs[1].trim(1)
    recent.trimmed(1)
    assert recent.surplus(done, 100) is None
    assert recent.oldest(done) == Trim(1, 2)


def test_what_is_old_goes_though_there_is_room(logs):
    recent = Recent(logs, cap_bytes=1 << 20, age_s=50)
    fill(logs, recent, 1, 0, 30, 60)
    done = {1: 3, 2: 0}
    assert recent.surplus(done, 79) is None
    assert recent.surplus(done, 80) == Trim(1, 1)


def test_what_waits_and_what_is_being_written_never_goes(logs):
    recent = Recent(logs, cap_bytes=0, age_s=0)
    fill(logs, recent, 1, 0, 0, 0)
    assert recent.oldest({1: 0, 2: 0}) is None
    assert recent.oldest({1: 1, 2: 0}) == Trim(1, 1)
    logs[1].trim(2)
    assert recent.surplus({1: 3, 2: 0}, 10**9) is None
