import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from tramgac_collector import database, ready, tallies
from tramgac_collector.export import notes, places, role
from tramgac_collector.export.role import NAME, Office
from tramgac_collector.paths import StatePaths

from tests.collector.export.sources.test_outbox import raise_one
from tests.collector.station import settings

FILE = '[[target]]\nname = "{name}"\nkind = "file"\nformat = "ecs"\nsince = "all"\nfolder = "{folder}"\n'


def wait(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def office(store, state):
    made = Office(state, settings(log_segment_bytes=1 << 16), store)
    yield made
    made.end()


def test_the_file_is_in_force_as_soon_as_it_changes(office, store, state, now, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    raise_one(store, 1, now)
    office.look()
    assert office.gauges()["targets"] == 0
    state.export_settings.write_text(FILE.format(name="a", folder=folder))
    office.look()
    wait(lambda: (folder / "a-000000000001.ndjson.part").exists() and office.counters()["sent"] == 1)
    state.export_settings.write_text(FILE.format(name="a b", folder=folder))
    office.look()
    assert office.trouble is not None
    assert office.gauges()["targets"] == 1  # those of before go on
    office.note()
    assert "is no name" in notes.read(state)["trouble"][0]
    state.export_settings.write_text(FILE.format(name="later", folder=folder) + "manual = true\n")
    office.look()
    assert (office.trouble, office.gauges()["targets"], office.counters()["sent"]) == (None, 0, 1)
    state.export_settings.unlink()
    office.look()


def test_a_role_that_is_killed_goes_on_where_it_was(tmp_path, sqlite_template, monkeypatch):
    """Alerts come all the time and the exporter is killed: each is in the files once, in order, and no line is torn."""
    config = settings(log_segment_bytes=1 << 16)
    paths = StatePaths(tmp_path / "state")
    paths.make()
    shutil.copy(sqlite_template, paths.control_database)
    monkeypatch.setattr(role, "LOOK_S", 0.05)
    (folder := tmp_path / "out").mkdir()
    paths.export_settings.write_text(FILE.format(name="a", folder=folder) + "rotate_bytes = 6000\n")
    paths.config.write_text("log_segment_bytes = 65536\nminimum_free_bytes = 0\n")
    engine = database.open_database(config.url(paths))
    command = [sys.executable, "-m", "tramgac_collector.main", NAME, "--state", str(paths.root)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        raised = 0
        while sent(engine) < 3:
            if raised < 9:
                raised += 1
                raise_one(engine, raised, 1_790_000_000_000_000_000 + raised)
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    before = raised
    for raised in range(before + 1, before + 4):
        raise_one(engine, raised, 1_790_000_000_000_000_000 + raised)
    stop = threading.Event()
    again = threading.Thread(target=role._work, args=(paths, config, stop))
    again.start()
    wait(lambda: sent(engine) == raised)
    wait(lambda: tallies.read(paths, NAME) is not None)
    stop.set()
    again.join(20)
    assert not ready.runs(paths, NAME)
    engine.dispose()
    text = "".join(path.read_text() for path in sorted(folder.iterdir()))
    told = [line.partition('"name":"Rule ')[2].partition('"')[0] for line in text.splitlines()]
    assert told == [str(number) for number in range(1, raised + 1)]


def sent(engine):
    with database.reading(engine) as s:
        found = places.read(s, "a")
    return found.sent if found else 0
