import asyncio
import json
import os

import pytest
from tramgac_agent.content import DICTIONARY, Outcome, Staging, Update, limit, place, read_staged, version_in_force
from tramgac_agent.errors import StagingError
from tramgac_agent.paths import AgentPaths
from tramgac_wire.limits import MAX_METADATA, MAX_ROOT, MAX_TARGET

from tests.wire.repository import Repository

HASH = "ab" * 32


@pytest.mark.parametrize("name", ["metadata/timestamp.json", "metadata/12.root.json", f"targets/{HASH}.rules.json.zst"])
def test_names_of_a_repository_lie_below_the_folder(tmp_path, name):
    assert place(tmp_path, name).parent == tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "metadata/../../x.root.json",
        "metadata/timestamp.json/..",
        "metadata/timestamp.json\n",
        "targets/x.rules.json.zst",
        f"targets/{HASH}./../x",
        f"targets/../{HASH}.json",
        f"targets/{HASH}.rules.json.zst\0",
    ],
)
def test_other_names_are_refused(tmp_path, name):
    with pytest.raises(KeyError):
        place(tmp_path, name)


def test_limits():
    assert limit("metadata/1.root.json") == MAX_ROOT
    assert limit("metadata/timestamp.json") == MAX_METADATA
    assert limit(f"targets/{HASH}.x") == MAX_TARGET


def stage(folder, files, known=0):
    asked = []

    async def fetch(name, _limit):
        asked.append(name)
        return files[name]

    asyncio.run(Staging(folder, fetch).run(known))
    return asked


def test_the_newest_files_are_fetched_and_older_ones_removed(tmp_path):
    repository = Repository()
    repository.publish(b"one")
    first = stage(tmp_path, repository.files)
    assert len(first) == 6
    repository.publish(b"two")
    stage(tmp_path, repository.files, known=1)
    for name in ("metadata/timestamp.json", "metadata/2.snapshot.json", "metadata/2.targets.json"):
        assert read_staged(tmp_path, name) == repository.files[name]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_bundle_that_is_there_is_not_fetched_again(tmp_path):
    repository = Repository()
    repository.publish(b"one")
    stage(tmp_path, repository.files)
    assert not [name for name in stage(tmp_path, repository.files) if name.startswith("targets/")]


def test_indicators_are_left_where_they_are(tmp_path):
    repository = Repository()
    repository.publish(b"one", indicators=b"a million of them")
    assert len(stage(tmp_path, repository.files)) == 6
    assert not [path for path in tmp_path.iterdir() if "indicators" in path.name]


def test_the_dictionary_of_this_system_is_fetched(tmp_path):
    repository = Repository()
    repository.publish(b"one", further={DICTIONARY: b"ours", "beos.dictionary": b"another's"})
    stage(tmp_path, repository.files)
    assert [path.read_bytes() for path in tmp_path.iterdir() if path.name.endswith(".dictionary")] == [b"ours"]


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        (b"garbage", "malformed"),
        (b"[]", "malformed"),
        (b"{}", "missing"),
        (b"[" * 100_000, "malformed"),
        (json.dumps({"signed": {"meta": {"snapshot.json": {"version": "../../x"}}}}).encode(), "malformed"),
        (json.dumps({"signed": {"meta": {"snapshot.json": {"version": 9}}}}).encode(), "missing"),
        (json.dumps({"signed": {"meta": {"snapshot.json": {"version": 10**12}}}}).encode(), "missing"),
    ],
)
def test_a_repository_that_makes_no_sense_is_refused(tmp_path, timestamp, reason):
    with pytest.raises(StagingError) as raised:
        stage(tmp_path, {"metadata/timestamp.json": timestamp})
    assert raised.value.reason == reason


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tramgac_wire.whole.write", refuse)
    with pytest.raises(StagingError) as raised:
        stage(tmp_path, {"metadata/timestamp.json": b"{}"})
    assert raised.value.reason == "full"


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "metadata_timestamp.json").symlink_to(tmp_path / "secret")
    with pytest.raises(KeyError):
        read_staged(tmp_path, "metadata/timestamp.json")


def test_a_fifo_holds_up_nobody(tmp_path):
    os.mkfifo(tmp_path / "metadata_timestamp.json")
    assert read_staged(tmp_path, "metadata/timestamp.json") == b""


def test_a_file_above_its_limit_is_refused(tmp_path):
    with (tmp_path / "metadata_1.root.json").open("wb") as file:
        file.truncate(MAX_ROOT + 1)
    with pytest.raises(KeyError):
        read_staged(tmp_path, "metadata/1.root.json")


def run(paths, program):
    update = Update(paths, ("-I", "-c", program))
    while (outcome := update.poll()) is None:
        pass
    return outcome


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ('print(\'{"version": 3, "ok": true, "reason": ""}\')', Outcome(3, ok=True, reason="")),
        ("print('nonsense')", Outcome(0, ok=False, reason="updater ended with 0")),
        ("import os; os.kill(os.getpid(), 9)", Outcome(0, ok=False, reason="updater ended with SIGKILL")),
    ],
)
def test_the_child_says_or_its_end_says(tmp_path, program, outcome):
    assert run(AgentPaths(tmp_path), program) == outcome


def test_a_child_that_takes_too_long_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("tramgac_agent.content.WALL_S", 0.0)
    update = Update(AgentPaths(tmp_path), ("-I", "-c", "import time; time.sleep(60)"))
    assert update.poll() == Outcome(0, ok=False, reason="timeout")


def test_nothing_in_force(tmp_path):
    assert version_in_force(tmp_path / "none") == 0
    (tmp_path / "bad").write_bytes(b"garbage")
    assert version_in_force(tmp_path / "bad") == 0
