import errno
import os
import subprocess
from pathlib import Path

import pytest
from tramgac_agent.observations import CREATED, DELETED, INVALID_TEXT, LATE, OWN, RENAMED, WRITTEN
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.linux import mounts, notify
from tramgac_agent.sensors.linux.fanotify import FanotifyFiles
from tramgac_agent.sensors.scope import Scope

pytestmark = pytest.mark.root

# Nobody has this pid: what the test itself does is then somebody else's doing.
NOBODY = 2**22 + 1


@pytest.fixture
def watching(tmpfs):
    made = []

    def start(own=(NOBODY,), state="", exclude=(), by_target=True):
        setting = Setting(Scope(mounts=(str(tmpfs),), exclude=exclude), own, state)
        made.append(FanotifyFiles(setting, by_target=by_target))
        made[-1].start()
        return made[-1]

    yield start
    for sensor in made:
        sensor.stop()


def seen(sensor):
    return [(o.changes, o.path, o.previous_path) for o in sensor.drain(1_000)]


def test_a_short_life_of_a_file_in_the_order_in_which_it_happened(watching, tmpfs):
    sensor = watching()
    (tmpfs / "a").write_text("x")
    (tmpfs / "a").rename(tmpfs / "b")
    (tmpfs / "b").unlink()
    assert seen(sensor) == [
        (CREATED | WRITTEN, f"{tmpfs}/a", ""),
        (RENAMED, f"{tmpfs}/b", f"{tmpfs}/a"),
        (DELETED, f"{tmpfs}/b", ""),
    ]
    assert seen(sensor) == []


def test_kernels_before_5_17_tell_a_rename_in_two_halves(watching, tmpfs):
    sensor = watching(by_target=False)
    (tmpfs / "a").write_text("x")
    (tmpfs / "a").rename(tmpfs / "b")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/a", ""), (RENAMED, f"{tmpfs}/b", f"{tmpfs}/a")]


def test_a_stick_is_taken_out_and_put_in_again(watching, tmpfs):
    sensor = watching()
    (tmpfs / "folder").mkdir()
    (tmpfs / "folder/a").write_text("x")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/folder/a", "")]
    subprocess.run(["umount", str(tmpfs)], check=True)  # "target is busy" would keep people from it
    subprocess.run(["mount", "-t", "tmpfs", "tramgac-test", str(tmpfs)], check=True)
    sensor.drain(1_000)
    sensor._mark_all()  # as on a change of the mounts where not only some are asked for
    (tmpfs / "folder").mkdir()
    (tmpfs / "folder/b").write_text("x")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/folder/b", "")]


def test_the_file_itself_can_be_opened_after_it_was_renamed(watching, tmpfs):
    sensor = watching()
    (tmpfs / "a").write_text("content")
    (tmpfs / "a").rename(tmpfs / "b")
    (written, _) = sensor.drain(10)
    fd = written.source.open()
    assert os.read(fd, 100) == b"content"
    os.close(fd)


def test_paths_in_directories_that_are_made_moved_and_removed(watching, tmpfs):
    sensor = watching()
    (tmpfs / "d" / "e").mkdir(parents=True)
    (tmpfs / "d" / "e" / "f").write_text("x")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/d/e/f", "")]
    (tmpfs / "d").rename(tmpfs / "g")
    (tmpfs / "g" / "e" / "h").write_text("x")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/g/e/h", "")]
    # A tree that was seen before it was removed keeps its paths, though the directories are gone.
    for name in ("f", "h"):
        (tmpfs / "g" / "e" / name).unlink()
    (tmpfs / "g" / "e").rmdir()
    assert seen(sensor) == [(DELETED, f"{tmpfs}/g/e/f", ""), (DELETED, f"{tmpfs}/g/e/h", "")]


def test_a_tree_that_is_removed_unseen_leaves_names_only_and_says_so(watching, tmpfs):
    (tmpfs / "d").mkdir()
    (tmpfs / "d" / "f").write_text("x")
    sensor = watching()
    (tmpfs / "d" / "f").unlink()
    (tmpfs / "d").rmdir()
    (o,) = sensor.drain(10)
    assert (o.changes, o.path, o.previous_path, o.flags) == (DELETED, "f", "", LATE)


def test_names_that_are_no_text(watching, tmpfs):
    sensor = watching()
    os.close(os.open(os.fsencode(tmpfs) + b"/\xff\n", os.O_CREAT | os.O_WRONLY))
    (o,) = sensor.drain(10)
    assert o.path == f"{tmpfs}/\\xff\n"
    assert o.flags == INVALID_TEXT


def test_what_the_agent_does_is_left_out_and_counted_but_its_canary_is_flagged(watching, tmpfs):
    sensor = watching(own=(os.getpid(),))
    (tmpfs / "a").write_text("x")
    (tmpfs / "tramgac-canary-1").write_text("x")
    (o,) = sensor.drain(10)
    assert (o.path, o.flags) == (f"{tmpfs}/tramgac-canary-1", OWN)
    assert sensor.missed() == {"queue_overflow": 0, "filter": 1}


def test_a_storm_that_fills_the_kernels_queue_is_counted_and_the_sensor_goes_on(watching, tmpfs):
    limit = int(Path("/proc/sys/fs/fanotify/max_queued_events").read_text("ascii"))
    sensor = watching()
    for i in range(limit + 10):
        os.close(os.open(f"{tmpfs}/f{i}", os.O_CREAT | os.O_WRONLY))
    found = []
    while drained := sensor.drain(100_000):
        found += drained
    assert len(found) == limit
    assert sensor.missed()["queue_overflow"] == 1
    (tmpfs / "after").write_text("x")
    assert seen(sensor) == [(CREATED | WRITTEN, f"{tmpfs}/after", "")]
    assert sensor.missed()["queue_overflow"] == 1


def test_excluded_folders_are_left_out_and_counted_but_what_leaves_them_is_not(watching, tmpfs):
    for name in ("state", "data", "database"):
        (tmpfs / name).mkdir()
    sensor = watching(state=f"{tmpfs}/state", exclude=(f"{tmpfs}/data/",))
    for name in ("state", "data", "database"):
        (tmpfs / name / "f").write_text("x")
    (tmpfs / "data" / "f").rename(tmpfs / "f")
    assert seen(sensor) == [
        (CREATED | WRITTEN, f"{tmpfs}/database/f", ""),
        (RENAMED, f"{tmpfs}/f", f"{tmpfs}/data/f"),
    ]
    assert sensor.missed()["filter"] == 2


def test_probe_and_check_and_what_cannot_be_watched(watching, tmpfs, tmp_path):
    sensor = watching()
    assert sensor.check() == ""
    assert sensor.canary_folder() == str(tmpfs)
    assert sensor.probe().ok is True
    stopped = FanotifyFiles(Setting(Scope(), (NOBODY,), ""))
    assert "gone" in stopped.check()
    elsewhere = FanotifyFiles(Setting(Scope(mounts=(str(tmp_path / "absent"),)), (NOBODY,), "")).probe()
    assert (elsewhere.ok, elsewhere.reason) == (False, f"scope: not a mount point: {tmp_path}/absent")
    narrowed = FanotifyFiles(Setting(Scope(cgroup="/x"), (NOBODY,), "")).probe()
    assert "names no mount" in narrowed.reason


def test_file_systems_that_are_not_watched_are_named(tmpfs, monkeypatch):
    device = tmpfs.stat().st_dev
    here = mounts.Mount(1, (os.major(device), os.minor(device)), "/", str(tmpfs), "tmpfs")
    subvolume = mounts.Mount(2, (0, 99_999), "/home", "/home", "btrfs")
    network = [mounts.Mount(3 + n, (0, 100_000 + n), "/", f"/net/\udcff{n}", f"nfs{n}") for n in range(8)]
    mark = notify.mark

    def marked(fd, mask, path):
        if path == "/home":
            raise OSError(errno.EXDEV, "a subvolume")
        mark(fd, mask, path)

    monkeypatch.setattr(notify, "mark", marked)
    monkeypatch.setattr(mounts, "read", lambda: [here, subvolume, *network])
    sensor = FanotifyFiles(Setting(Scope(), (NOBODY,), ""))
    assert sensor.probe().ok
    sensor.start()
    try:
        named = ", ".join(f"/net/\\xff{n} (nfs{n})" for n in range(5))
        assert sensor.unseen() == f"files are not watched on /home (btrfs), {named} and 3 more"
        monkeypatch.setattr(mounts, "read", lambda: [here])
        sensor._mark_all()
        assert sensor.unseen() == ""
    finally:
        sensor.stop()


def test_a_narrowed_scope_has_no_blind_spots(watching, tmpfs):
    assert watching().unseen() == ""


def test_a_budget_is_kept_and_nothing_is_lost_by_it(watching, tmpfs):
    sensor = watching()
    for i in range(20):
        (tmpfs / f"f{i}").write_text("x")
    found = []
    while drained := sensor.drain(1):
        found += drained
    assert [o.path for o in found] == [f"{tmpfs}/f{i}" for i in range(20)]
