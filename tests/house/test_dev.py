"""./dev says what is wrong with a command line, and lists what there is."""

import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import check, lane

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dev(monkeypatch, capfd):
    """Run ./dev in this process, without installing or becoming anything; gives status, stdout, stderr, what ran."""
    main = runpy.run_path(str(ROOT / "dev"), run_name="dev")["main"]

    def run(*words):
        ran = []
        own = main.__globals__
        monkeypatch.setitem(own, "sync", lambda name: ran.append(["sync", name]))
        monkeypatch.setitem(own, "replace", lambda *command: ran.append([Path(command[0]).name, *command[1:]]))
        monkeypatch.setitem(own, "uv", lambda *words: ran.append(["uv", *words]))
        monkeypatch.setattr("sys.argv", ["dev", *words])
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = ended.code
        out, err = capfd.readouterr()
        return status, out, err, ran

    return run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tset"], "dev: there is no command 'tset'; did you mean test? See ./dev --help\n"),
        (["zzz"], "dev: there is no command 'zzz'. See ./dev --help\n"),
        (["--chekc"], "dev: there is no option '--chekc'; did you mean check? See ./dev --help\n"),
        (["run"], "dev: run: tramgac or tramgac-agent? See ./dev --help\n"),
        (["run", "tramgca"], "dev: run: there is no program 'tramgca'; did you mean tramgac? See ./dev --help\n"),
        (["package", "-x"], "dev: package takes no arguments, and was given: -x. See ./dev --help\n"),
        (["lock", "a", "b"], "dev: lock takes no arguments, and was given: a b. See ./dev --help\n"),
    ],
)
def test_a_wrong_command_line_is_told_what_is_wrong_and_does_nothing(dev, words, says):
    assert dev(*words) == (2, "", says, [])


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_help_names_every_command(dev, words):
    status, out, err, ran = dev(*words)
    assert (status, err, ran) == (0, "", [])
    for command in ("demo", "test", "check", "run", "bench", "lab", "package", "lock", "help"):
        assert f"  ./dev {command}" in out


def test_what_is_right_goes_where_it_belongs(dev):
    assert dev("run", "tramgac-agent", "doctor")[3] == [["sync", "collector"], ["tramgac-agent", "doctor"]]
    assert dev("demo", "--check")[3] == [["sync", "collector"], ["tramgac", "demo", "--check"]]
    assert dev("test", "-x")[3] == [["sync", "dev"], ["python", str(ROOT / "tests/tools/test.py"), "-x"]]
    assert dev("package")[3][0][:2] == ["uv", "build"]
    assert dev("lab", "kills")[3][0] == ["sync", "dev"]


@pytest.fixture
def syncing(monkeypatch, tmp_path, capfd):
    """Run ./dev's sync over an environment; gives the lock files that uv was given, the lock now, what was said."""
    sync = runpy.run_path(str(ROOT / "dev"), run_name="dev")["sync"]

    def run(wanted, made):
        given = []
        own = sync.__globals__
        monkeypatch.setitem(own, "VENV", tmp_path)
        monkeypatch.setitem(own, "outputs_stale", list)
        monkeypatch.setitem(own, "uv", lambda *words: given.extend(w for w in words if w.endswith((".txt", "python"))))
        (tmp_path / "dev-stamp.json").write_text(json.dumps(made))
        sync(wanted)
        return given, json.loads((tmp_path / "dev-stamp.json").read_text("utf-8"))["lock"], capfd.readouterr().err

    return run


@pytest.mark.parametrize(
    ("wanted", "made", "lock"),
    [
        ("collector", {"lock": "dev", "digest": "before a change"}, "dev"),
        ("collector", {"lock": "collector", "digest": "before a change"}, "collector"),
        ("collector", {}, "collector"),
        ("dev", {"lock": "collector", "digest": "before a change"}, "dev"),
    ],
)
def test_a_developers_environment_stays_one_whatever_is_run_first_after_a_change(syncing, wanted, made, lock):
    given, now, _ = syncing(wanted, made)
    assert (f"requirements/{lock}.txt" in given, now) == (True, lock)
    assert not {f"requirements/{other}.txt" for other in {"collector", "dev"} - {lock}} & set(given)


def test_an_environment_that_grows_keeps_our_programs_for_a_demo_that_runs(monkeypatch, tmp_path):
    """uv's sync takes out what its file does not name, and ours is named by none."""
    own = runpy.run_path(str(ROOT / "dev"), run_name="dev")["sync"].__globals__
    verbs = []
    monkeypatch.setitem(own, "VENV", tmp_path)
    monkeypatch.setitem(own, "outputs_stale", list)
    monkeypatch.setitem(own, "uv", lambda *words: verbs.append(words[:2]))
    for made, verb in ((own["mark"]("collector"), "install"), ({"lock": "collector", "digest": "old"}, "sync")):
        verbs.clear()
        (tmp_path / "dev-stamp.json").write_text(json.dumps(made))
        own["sync"]("dev")
        assert [words for words in verbs if words[0] == "pip"] == [("pip", verb), ("pip", "install")]


def test_setting_up_is_told_in_vietnamese(syncing, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    said = syncing("collector", {})[2]
    assert "dev: đang chuẩn bị .venv từ requirements/collector.txt ...\ndev: sẵn sàng sau 0," in said
    monkeypatch.setenv("LC_ALL", "C")
    assert "dev: setting up .venv from requirements/collector.txt ...\ndev: ready in 0." in syncing("collector", {})[2]


def test_an_interrupt_while_python_still_imports_ends_quietly(tmp_path):
    """A module that is imported on the way sends this process what Ctrl-C sends; a shell calls that end 130."""
    (tmp_path / "venv.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, ROOT / "dev", "help"], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 14, 0)])
def test_a_python_that_it_does_not_run_on_is_told_with_one_that_it_does(dev, monkeypatch, tmp_path, version):
    monkeypatch.setattr("sys.version_info", version)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")
    status, out, err, ran = dev("demo", "--state", "a b")
    assert (status, out, ran) == (1, "", [])
    number = ".".join(map(str, version))
    assert err.startswith(f"dev: this is Python {number} ({sys.executable}); 3.11, 3.12 or 3.13 is needed")
    assert "apt install python3.13-venv" in err
    assert err.endswith("then: python3.13 dev demo --state 'a b'\n")
    for name in ("python3.11", "python3.12"):
        (tmp_path / name).symlink_to(sys.executable)
    assert dev("help")[2].endswith(f"{tmp_path}/python3.12 is one: python3.12 dev help\n")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert f"đây là Python {number} ({sys.executable}); cần 3.11, 3.12 hoặc 3.13" in dev("help")[2]


def test_a_python_without_tomllib_comes_as_far_as_to_be_told(tmp_path):
    (tmp_path / "tomllib.py").write_text("raise ModuleNotFoundError(name='tomllib')\n")
    told = "import runpy, sys; sys.version_info = (3, 10, 0); runpy.run_path(sys.argv[1], run_name='__main__')"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "LC_ALL": "C"}
    command = [sys.executable, "-c", told, ROOT / "dev"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"dev: this is Python 3.10.0 ({sys.executable}); 3.11,")
    assert done.stderr.count("\n") == 1


def test_listing_lanes_installs_nothing(dev):
    for words in (["lab"], ["bench", "--help"], ["lab", "no-such"]):
        assert [ran[1:] for ran in dev(*words)[3]] == [[str(ROOT / "tests/tools/lane.py"), *words]]


@pytest.mark.parametrize("kind", ["lab", "bench"])
def test_each_lane_says_in_a_line_what_it_shows(capfd, kind):
    assert lane.main(kind, []) == 0
    head, *rows = capfd.readouterr().out.splitlines()
    assert head.startswith(f"./dev {kind} NAME")
    assert [row.split()[0] for row in rows] == list(lane.names(kind))
    assert all(len(row.split()) > 4 and "./dev" not in row and len(row) <= 120 for row in rows)


def test_a_lane_that_is_none_and_words_that_it_does_not_take(capfd):
    assert lane.main("lab", ["kill"]) == 2
    assert capfd.readouterr().err.startswith("dev: lab: there is no lane 'kill'; did you mean kills?\n./dev lab NAME")
    assert lane.main("lab", ["kills", "--quik"]) == 2
    assert "dev: lab kills takes --quick, --seed, --times; it was given --quik" in capfd.readouterr().err
    assert lane.main("lab", ["kills", "--help"]) == 0
    assert capfd.readouterr().out.startswith("`./dev lab kills`: kill -9")


def test_to_be_told_which_checks_there_are_installs_nothing(dev):
    tool = str(ROOT / "tests/tools/check.py")
    for words in (["odd"], ["ruff", "odd"], ["--help"], ["-h"]):
        assert dev("check", *words)[3] == [[Path(sys.executable).name, tool, *words]]
    for words in ([], ["ruff"], ["mypy", "buf"]):
        assert dev("check", *words)[3] == [["sync", "dev"], ["python", tool, *words]]


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("odd", 2)])
def test_checks_are_listed_by_a_python_that_has_nothing_else(word, status):
    command = [sys.executable, "-I", "-S", ROOT / "tests/tools/check.py", word]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "There are: mypy linux, mypy win32, house," in done.stdout or "there are: mypy linux," in done.stderr
    assert "Traceback" not in done.stderr


def test_a_check_that_is_none(capfd):
    assert check.main(["ruf", "odd"]) == 2
    assert "nothing begins with odd; there are: mypy linux," in capfd.readouterr().err
