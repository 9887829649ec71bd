import pytest
from tramgac_collector import initialise
from tramgac_collector.config import load
from tramgac_collector.errors import NotInitialised, StateError
from tramgac_collector.paths import StatePaths

from tests.collector.station import settings


def test_a_collector_is_made_once(tmp_path):
    paths = StatePaths(tmp_path / "state")
    with pytest.raises(NotInitialised, match="collector init"):
        initialise.require(paths)
    initialise.initialise(paths, settings(advertise="gac.example"))
    initialise.require(paths)
    kept = {file: file.read_bytes() for file in (paths.ca_key, paths.server_key, paths.log_id, paths.config)}
    initialise.initialise(paths, settings())
    assert {file: file.read_bytes() for file in kept} == kept
    assert paths.ca_key.stat().st_mode & 0o777 == 0o600
    assert paths.control_database.exists()


def test_the_settings_file_says_what_was_chosen(tmp_path):
    paths = StatePaths(tmp_path)
    chosen = settings(advertise='a"b\\c', retention_days=7)
    initialise.initialise(paths, chosen)
    assert load(paths).model_dump() == chosen.model_dump()
    assert "# certificate_days = 14" in paths.config.read_text()


def test_an_interrupted_run_is_finished(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    paths.ca_key.write_text("half a key")
    initialise.initialise(paths, settings())
    initialise.require(paths)


def test_a_place_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="cannot be made"):
        initialise.initialise(StatePaths(tmp_path / "file" / "state"), settings())
