import shutil

import pytest
from tramgac_collector import ready
from tramgac_collector.backup import events
from tramgac_collector.backup.copying import Copy
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths

from tests.collector.backup.standing import pretend_store
from tests.collector.conftest import start_engine

pytestmark = pytest.mark.enable_socket


@pytest.mark.slow  # a second engine; `./dev lab restore` shows it too
def test_a_store_that_runs_is_frozen_and_its_copy_starts(engine_paths, tmp_path):
    client = connect(engine_paths)
    client.command("CREATE TABLE backed (n UInt64) ENGINE = MergeTree ORDER BY n PARTITION BY n % 3")
    client.command("INSERT INTO backed SELECT number FROM numbers(1000)")
    restored, copy = StatePaths(tmp_path / "b"), Copy(tmp_path / "b", tmp_path / "b")
    copy.begin()
    try:
        with ready.alone(engine_paths), events.frozen(engine_paths) as folder:
            client.command("INSERT INTO backed SELECT number FROM numbers(500)")
            client.command("OPTIMIZE TABLE backed FINAL")  # the parts that were frozen are replaced meanwhile
            for source in events.sources(engine_paths, folder):
                copy.add(source)
            events.links(engine_paths, copy)
            assert folder.exists()
        assert not folder.exists()
        assert client.query("SELECT count() FROM backed").result_rows == [(1500,)]
    finally:
        client.command("DROP TABLE backed")
    process = start_engine(restored)
    try:
        assert connect(restored).query("SELECT count(), sum(n) FROM backed").result_rows == [(1000, 499_500)]
    finally:
        process.terminate()
        process.wait(20)


def test_what_is_frozen_is_held_for_the_block_alone(engine_paths):
    client = connect(engine_paths)
    client.command("CREATE TABLE held (n UInt64) ENGINE = MergeTree ORDER BY n")
    client.command("INSERT INTO held SELECT number FROM numbers(10)")
    try:
        with ready.alone(engine_paths), events.frozen(engine_paths) as folder:
            client.command("TRUNCATE TABLE held")
            found = [source for source in events.sources(engine_paths, folder) if source.fixed]
            assert found
            assert all(source.file.is_relative_to(folder) and source.file.exists() for source in found)
        assert not folder.exists()
    finally:
        client.command("DROP TABLE held")


def test_a_store_that_stands_is_taken_as_it_lies(tmp_path):
    paths = StatePaths(tmp_path / "state")
    paths.make()
    shutil.rmtree(paths.events)
    pretend_store(paths)
    with events.frozen(paths) as folder:
        found = {source.path.rpartition("/")[2]: source.fixed for source in events.sources(paths, folder)}
    assert found == {"events.sql": False, "data.bin": True}
    copy = Copy(tmp_path / "b", tmp_path / "b")
    copy.begin()
    (paths.events / "metadata" / "plain.sql").write_text("x")
    assert [(part.path, bool(part.link)) for part in events.links(paths, copy)] == [
        ("events/metadata/default", True),
        ("events/metadata/plain.sql", False),
    ]
    shutil.rmtree(paths.events)
    paths.make()
    assert (events.sources(paths, paths.events), events.links(paths, copy)) == ([], [])
