import pytest
from tramgac_agent.downtime import EVERY_NS, Downtime


def test_nobody_looked_between_the_last_sign_and_now(tmp_path):
    path = tmp_path / "alive"
    assert Downtime(path, "b1").gap(100, 50) is None, "there never was an agent"
    Downtime(path, "b1").alive(100, force=True)
    assert Downtime(path, "b1").gap(500, 50) == (100, 500)


def test_while_the_machine_was_off_there_was_nothing_to_see(tmp_path):
    path = tmp_path / "alive"
    Downtime(path, "b1").alive(100, force=True)
    assert Downtime(path, "b2").gap(500, 450) == (450, 500)


def test_a_clock_that_was_set_back_makes_no_gap(tmp_path):
    path = tmp_path / "alive"
    Downtime(path, "b1").alive(100, force=True)
    assert Downtime(path, "b1").gap(90, 50) is None


def test_it_is_written_now_and_then(tmp_path):
    path = tmp_path / "alive"
    downtime = Downtime(path, "b1")
    downtime.alive(EVERY_NS)
    before = path.read_bytes()
    downtime.alive(2 * EVERY_NS - 1)
    assert path.read_bytes() == before
    downtime.alive(2 * EVERY_NS)
    assert path.read_bytes() != before
    downtime.alive(2 * EVERY_NS + 1, force=True)
    assert Downtime(path, "b1").gap(10 * EVERY_NS, 0) == (2 * EVERY_NS + 1, 10 * EVERY_NS)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"at": "x", "boot": 1}', b"\xff"])
def test_a_damaged_file_is_like_none(tmp_path, content):
    path = tmp_path / "alive"
    path.write_bytes(content)
    assert Downtime(path, "b1").gap(1, 0) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    Downtime(tmp_path / "absent" / "alive", "b1").alive(EVERY_NS)
    assert not list(tmp_path.iterdir())
