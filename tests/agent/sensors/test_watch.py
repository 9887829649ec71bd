import logging
import os
import subprocess
import time

import pytest
from tramgac_agent.observations import CREATED, DELETED, OWN, RENAMED, WRITTEN
from tramgac_agent.sensors import watch as module
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.scope import Scope
from tramgac_agent.sensors.watch import WatchFiles


@pytest.fixture
def watching():
    made = []

    def start(*folders, state="", exclude=()):
        scope = Scope(folders=tuple(map(str, folders)), exclude=tuple(map(str, exclude)))
        made.append(WatchFiles(Setting(scope, (1,), str(state))))
        made[-1].start()
        return made[-1]

    yield start
    for sensor in made:
        sensor.stop()


def seen(sensor, count):
    """At least so many changes: watchdog hands them over from a thread of its own."""
    found = []
    deadline = time.monotonic() + 10
    while len(found) < count and time.monotonic() < deadline:
        found += sensor.drain(100)
        time.sleep(0.01)
    return [(o.changes, o.path, o.previous_path) for o in found]


def test_a_short_life_of_a_file(watching, tmp_path):
    sensor = watching(tmp_path)
    (tmp_path / "a").write_text("x")
    assert seen(sensor, 2) == [(CREATED, f"{tmp_path}/a", ""), (WRITTEN, f"{tmp_path}/a", "")]
    (tmp_path / "a").rename(tmp_path / "b")
    (tmp_path / "b").unlink()
    assert seen(sensor, 2) == [(RENAMED, f"{tmp_path}/b", f"{tmp_path}/a"), (DELETED, f"{tmp_path}/b", "")]
    assert sensor.check() == ""
    assert sensor.unseen() == f"files are watched in {tmp_path} alone"


def test_a_new_directory_is_watched_too_and_reading_is_no_event(watching, tmp_path):
    sensor = watching(tmp_path)
    (tmp_path / "d").mkdir()
    while not any("d" in str(path) for e in sensor._observer.emitters for path in e._inotify._active_callbacks_by_path):
        time.sleep(0.001)
    (tmp_path / "d" / "f").write_text("x")
    (tmp_path / "d" / "f").read_text()
    assert {path for _, path, _ in seen(sensor, 2)} == {f"{tmp_path}/d/f"}
    assert sensor.drain(10) == []


def test_a_written_file_can_be_opened_for_hashing_and_a_canary_is_flagged(watching, tmp_path):
    sensor = watching(tmp_path)
    (tmp_path / "tramgac-canary-1").write_text("content")
    found = []
    while len(found) < 2:
        found += sensor.drain(10)
    assert {o.flags for o in found} == {OWN}
    fd = found[1].source.open()
    assert os.read(fd, 100) == b"content"
    os.close(fd)
    assert sensor.canary_folder() == str(tmp_path)


def test_the_agents_state_and_excluded_folders_are_left_out_and_counted(watching, tmp_path):
    for name in ("state", "data", "seen"):
        (tmp_path / name).mkdir()
    sensor = watching(tmp_path, state=tmp_path / "state", exclude=(tmp_path / "data",))
    for name in ("state", "data", "seen"):
        (tmp_path / name / "f").write_text("x")
    assert {path for _, path, _ in seen(sensor, 2)} == {f"{tmp_path}/seen/f"}
    assert sensor.missed()["filter"] >= 2


def test_more_than_so_many_directories_are_refused(watching, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_DIRECTORIES", 5)
    for i in range(6):
        (tmp_path / "large" / str(i)).mkdir(parents=True)
    (tmp_path / "small").mkdir()
    sensor = watching(tmp_path / "large", tmp_path / "small", tmp_path / "absent")
    assert sensor._folders == [str(tmp_path / "small")]
    assert sensor.unseen() == (
        f"files are watched in {tmp_path}/small alone, not {tmp_path}/large (more than 5 directories are left for it), "
        f"{tmp_path}/absent (no folder that can be read)"
    )
    probe = WatchFiles(Setting(Scope(folders=(str(tmp_path / "large"),)), (1,), "")).probe()
    assert (probe.ok, "no folder with at most 5 directories" in probe.reason) == (False, True)
    assert WatchFiles(Setting(Scope(process=1), (1,), "")).probe().reason == "scope: names no folder"


def test_what_watchdog_only_logs_is_counted_and_not_logged(watching, tmp_path, caplog):
    sensor = watching(tmp_path)
    logging.getLogger("watchdog.observers.inotify").warning("Inotify queue overflowed; reconciling")
    assert sensor.missed()["queue_overflow"] == 1
    assert not caplog.records


def test_a_queue_that_is_full_counts_what_it_turns_away(watching, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_QUEUE", 3)
    sensor = watching(tmp_path)
    for i in range(5):
        (tmp_path / f"f{i}").write_text("x")
    deadline = time.monotonic() + 10
    while sensor.missed()["queue_overflow"] < 7 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sensor.missed()["queue_overflow"] == 7
    assert len(sensor.drain(10)) == 3


def test_threads_that_end_are_noticed(watching, tmp_path):
    sensor = watching(tmp_path)
    (emitter,) = sensor._observer.emitters
    emitter.stop()
    emitter.join(5)
    assert sensor.check() == "1 of watchdog's threads ended"
    sensor.stop()
    assert sensor.check() == "watchdog is not running"


def test_names_that_are_no_text(watching, tmp_path):
    sensor = watching(tmp_path)
    subprocess.run(["touch", os.fsencode(tmp_path) + b"/\xff"], check=True)
    assert (CREATED, f"{tmp_path}/\\xff", "") in seen(sensor, 2)
