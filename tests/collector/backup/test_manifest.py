import dataclasses
import json
import shutil

import pytest
from tramgac_collector.backup import manifest
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import Manifest, Part
from tramgac_collector.initialise import initialise
from tramgac_collector.paths import StatePaths

from tests.collector.station import settings


@pytest.fixture(scope="module")
def paths(tmp_path_factory, sqlite_template):
    made = StatePaths(tmp_path_factory.mktemp("state"))
    shutil.copy(sqlite_template, made.control_database)
    initialise(made, settings())
    return made


def listed(*parts: Part) -> Manifest:
    return Manifest(5, "1", "a", "b", 7, "sqlite", "0001", "", parts)


def test_it_is_read_as_it_was_signed(paths):
    made = listed(Part("a/b", 3, "d" * 64), Part("a/l", 0, "e" * 64, "b"))
    manifest.write(paths.root, made, paths)
    assert manifest.read(paths.root) == made
    assert made.size == 3


def test_one_that_was_changed_is_refused(paths):
    manifest.write(paths.root, listed(Part("a", 3, "d" * 64)), paths)
    file = paths.root / manifest.NAME
    file.write_bytes(file.read_bytes().replace(b'"head": 7', b'"head": 8'))
    with pytest.raises(BackupError, match="not signed by the collector"):
        manifest.read(paths.root)


@pytest.mark.parametrize(
    ("path", "link"), [("../a", ""), ("/a", ""), ("a/../../b", ""), ("a", "../b"), ("a/b", "/etc")]
)
def test_no_part_leads_out_of_its_folder(paths, path, link):
    manifest.write(paths.root, listed(Part(path, 3, "d" * 64, link)), paths)
    with pytest.raises(BackupError, match="is no backup"):
        manifest.read(paths.root)


def test_what_is_none_not_yet_one_or_newer(paths, tmp_path):
    with pytest.raises(BackupError, match="is no backup"):
        manifest.read(tmp_path)
    (tmp_path / manifest.JOURNAL).touch()
    with pytest.raises(BackupError, match="did not finish"):
        manifest.read(tmp_path)
    (tmp_path / manifest.SIGNATURE).touch()
    for text in ("[]", "{", '{"format": 1}'):
        (tmp_path / manifest.NAME).write_text(text)
        with pytest.raises(BackupError, match="is no backup"):
            manifest.read(tmp_path)
    told = {"format": 2, **dataclasses.asdict(listed())}
    (tmp_path / manifest.NAME).write_text(json.dumps(told))
    with pytest.raises(BackupError, match="newer version"):
        manifest.read(tmp_path)
