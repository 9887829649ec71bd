import pytest
from tramgac_agent.downtime import REPORT_NS, UNSAFE_NS, UNWRITTEN_NS, Downtime


@pytest.fixture
def path(tmp_path):
    return tmp_path / "alive"


def test_nobody_vouches_for_the_time_between_the_last_report_and_now(path):
    assert Downtime(path, "b1").gaps(100, 50) == [], "there never was an agent"
    Downtime(path, "b1").reported(100)
    assert Downtime(path, "b1").gaps(500, 50) == [(100, 500)]


def test_while_the_machine_was_off_there_was_nothing_to_see(path):
    Downtime(path, "b1").reported(100, clean=True)
    assert Downtime(path, "b2").gaps(500, 450) == [(450, 500)]


@pytest.mark.parametrize("booted", [150, 100 + 2 * REPORT_NS])
def test_what_was_counted_before_a_loss_of_power_may_not_have_been_told_and_the_last_seconds_not_be_safe(path, booted):
    Downtime(path, "b1").reported(100)
    now = booted + 50
    lost = 100 - UNSAFE_NS, min(booted, 100 + REPORT_NS + UNWRITTEN_NS)
    assert Downtime(path, "b2").gaps(now, booted) == [lost, (booted, now)]


def test_a_clock_that_was_set_back_makes_no_gap(path):
    Downtime(path, "b1").reported(100)
    assert Downtime(path, "b1").gaps(90, 50) == []


def test_it_is_written_once_a_report(path):
    downtime = Downtime(path, "b1")
    downtime.reported(0)
    assert not path.exists(), "nothing is reported yet"
    downtime.reported(7)
    path.unlink()
    downtime.reported(7)
    assert not path.exists()
    downtime.reported(7, clean=True)
    assert Downtime(path, "b2").gaps(20, 10) == [(10, 20)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"at": "x", "boot": 1, "clean": false}', b"\xff"])
def test_a_damaged_file_is_like_none(path, content):
    path.write_bytes(content)
    assert Downtime(path, "b1").gaps(1, 0) == []


def test_it_is_safe_when_it_is_told_for_a_file_system_may_leave_a_name_without_content(path, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", synced.append)
    downtime = Downtime(path, "b1")
    assert downtime.due(5)
    downtime.reported(5)
    assert len(synced) == 2, "the file and its folder"
    assert not downtime.due(5), "nor is the spool synced once more"


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    Downtime(tmp_path / "absent" / "alive", "b1").reported(5)
    assert not list(tmp_path.iterdir())
