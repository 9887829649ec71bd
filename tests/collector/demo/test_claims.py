"""A demo works in a folder of its own, and leaves that of every other collector as it is."""

import json
import shutil

import pytest
from tramgac_collector import initialise, ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.demo import claims, command
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import Children
from tramgac_collector.demo.stage import Stage
from tramgac_collector.errors import StateError
from tramgac_collector.paths import StatePaths


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a collector that is fresh from `tramgac collector init`."""
    folder = tmp_path_factory.mktemp("made") / "state"
    initialise.initialise(StatePaths(folder), CollectorConfig())
    return folder


def copied(source, target):
    return shutil.copytree(source, target, dirs_exist_ok=True)


def everything(folder):
    """Each file below with its bytes, mode and time."""
    found = {path: path.lstat() for path in [folder, *folder.rglob("*")]}
    return {
        path: (stat.st_mode, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path, stat in found.items()
    }


@pytest.fixture
def demo(monkeypatch, capsys):
    """Run a demo whose play only notes that it was begun; gives exit status, what was said, what was begun."""

    def run(folder, play=lambda _claim: None):
        begun = []

        def played(_report, stage, claim, _wish):
            begun.append(stage.state)
            play(claim)

        monkeypatch.setattr(command, "play", played)
        monkeypatch.setattr(command.Arena, "make", lambda arena: arena.folder.mkdir(exist_ok=True))
        status = command.run(state=folder, check=False, json=True, require="", rules=[])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()], begun

    return run


def runs(folder):
    for role in ("api", ready.NAME):
        ready.announce(StatePaths(folder), role)


def an_earlier_demo_came_by(folder):
    (folder / "demo").touch()
    (folder / "arena").mkdir()


def an_earlier_demo_took_it_over(folder):
    an_earlier_demo_came_by(folder)
    (folder / "demo").write_text("4711 http://127.0.0.1:18080/")
    (folder / "author/keys").mkdir(parents=True)
    (folder / "logs/agent.log").touch()


def its_settings_are_lost(folder):
    (folder / "collector.toml").unlink()


def settings_alone(folder):
    for path in (folder / "ca").iterdir():
        path.unlink()
    (folder / "log/id").unlink()


@pytest.mark.parametrize(
    "event",
    [
        lambda _folder: None,
        runs,
        an_earlier_demo_came_by,
        an_earlier_demo_took_it_over,
        its_settings_are_lost,
        settings_alone,
    ],
    ids=["fresh", "runs", "came_by", "taken_over", "settings_lost", "settings_alone"],
)
def test_the_folder_of_another_collector_is_left_as_it_is(made, tmp_path, monkeypatch, demo, event):
    folder = copied(made, tmp_path / "state")
    event(folder)
    before = everything(folder)
    for language, english in (("C.UTF-8", True), ("vi_VN.UTF-8", False)):
        monkeypatch.setenv("LC_ALL", language)
        status, (said,), begun = demo(folder)
        assert (status, begun, said["check"], said["ok"]) == (1, [], "failed", False)
        assert str(folder) in said["reason"]
        assert ("that no demo made" if english else "không do bản trình diễn tạo") in said["reason"]
        assert said["reason"].endswith("with --state" if english else "bằng --state")
        assert everything(folder) == before


def test_a_demos_own_folder_is_marked_before_there_is_a_collector_and_serves_again(made, tmp_path, demo):
    folder = tmp_path / "state"

    def play(claim):
        assert (folder / "demo").read_text() == claims.MARK
        copied(made, folder)  # here `collector init` runs
        claims.announce(claim, "http://127.0.0.1:1/")
        claims.announce(claim, "http://127.0.0.1:2/")
        assert claims.announced(claim)[1] == "http://127.0.0.1:2/"

    assert demo(folder, play)[2] == [folder]
    status, said, begun = demo(folder)
    assert (status, [line["check"] for line in said], begun) == (0, ["stop"], [folder])


def test_a_folder_that_an_earlier_program_made_serves_on_and_gets_the_mark(made, tmp_path, demo):
    """That program's demo had `collector init` write to a log that nobody else writes."""
    folder = copied(made, tmp_path / "state")
    an_earlier_demo_took_it_over(folder)
    (folder / "logs/init.log").touch()
    assert demo(folder)[2] == [folder]
    assert (folder / "demo").read_text() == claims.MARK
    (folder / "logs/init.log").unlink()
    assert demo(folder)[2] == [folder]


def test_a_demo_of_an_earlier_program_that_runs_is_found(tmp_path):
    with (tmp_path / "demo").open("a+", encoding="utf-8") as claim:
        assert claims.announced(claim) is None
        claim.write("4711 http://127.0.0.1:18080/")
        assert claims.announced(claim) == (4711, "http://127.0.0.1:18080/")


@pytest.mark.enable_socket  # to see which port is free
def test_the_ready_files_of_a_collector_that_runs_are_not_taken_away(made, tmp_path, monkeypatch):
    """Somebody may have started the demo's own by hand."""
    folder = copied(made, tmp_path / "state")
    stage = Stage(folder, Children(folder / "logs"), Arena(folder / "arena"))
    started = []
    monkeypatch.setattr(Children, "start", lambda _children, name, *_, **__: started.append(name))
    monkeypatch.setattr(Children, "wait_for", lambda *_: None)
    runs(folder)
    with ready.alone(stage.paths), pytest.raises(StateError, match="stop it first"):
        stage.start_collector()
    assert started == []
    assert all(stage.paths.ready(role).exists() for role in ("api", ready.NAME))
    stage.start_collector()
    assert started == ["collector"]
    assert not any(stage.paths.ready(role).exists() for role in ("api", ready.NAME))
