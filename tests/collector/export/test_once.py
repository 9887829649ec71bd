import fcntl
import json

import pytest
from tramgac_collector.export.once import once
from tramgac_collector.export.settings import FileTarget

from tests.collector.export.sources.test_outbox import raise_one
from tests.collector.station import settings


@pytest.fixture
def config(store_url):
    return settings(database_url=store_url, log_segment_bytes=1 << 16)


def target(tmp_path, **more):
    more = {"since": "all", "manual": True, **more}
    return FileTarget(name="t", kind="file", format="ocsf", folder=str(tmp_path / "out"), **more)


def test_all_that_there_is_goes_and_the_next_time_what_is_new(store, state, config, now, tmp_path):
    (tmp_path / "out").mkdir()
    raise_one(store, 1, now)
    [done] = once(state, config, [target(tmp_path)])
    assert done.as_json() == {"target": "t", "ok": True, "sent": 1, "refused": 0, "gaps": 0}
    raise_one(store, 2, now + 1)
    assert next(iter(once(state, config, [target(tmp_path)]))).sent == 1
    assert next(iter(once(state, config, [target(tmp_path)]))).sent == 0
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["t-000000000001.ndjson", "t-000000000002.ndjson"]  # finished, to be taken
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert [json.loads(line)["finding_info"]["title"] for line in lines] == ["Rule 1", "Rule 2"]


def test_why_not_all_went_is_told(store, state, config, now, tmp_path):
    raise_one(store, 1, now)
    [done] = once(state, config, [target(tmp_path)])
    assert not done.ok
    assert str(tmp_path / "out") in done.as_json()["why"]


def test_two_at_once_are_refused(store, state, config, tmp_path):
    with (state.run / "export-t.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        [done] = once(state, config, [target(tmp_path)])
    assert "only one may run" in done.why
