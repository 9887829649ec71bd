import os

import pytest
from tramgac_rules.authoring.files import YARA, read, rule_files
from tramgac_rules.authoring.problems import Problem


@pytest.fixture
def home(tmp_path):
    for name in ("one/a.yml", "one/below/b.YAML", "one/notes.txt", "one/c.yar", "two/a.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def named(paths, *more):
    return {file.name: file.path.read_text() for file in rule_files(paths, *more)}


def test_names_begin_below_the_folder_that_is_given(home):
    assert named([home]) == {name: name for name in ("one/a.yml", "one/below/b.YAML", "two/a.yml")}
    assert named([home / "one"]) == {"a.yml": "one/a.yml", "below/b.YAML": "one/below/b.YAML"}
    assert named([home], YARA) == {"one/c.yar": "one/c.yar"}


def test_a_file_that_is_given_has_its_own_name_whatever_it_is(home, monkeypatch):
    assert named([home / "one/below/b.YAML", home / "one/notes.txt"]) == {
        "b.YAML": "one/below/b.YAML",
        "notes.txt": "one/notes.txt",
    }
    monkeypatch.chdir(home / "one")
    assert set(named([home / "one/../two/a.yml"])) == {"a.yml"}


def test_names_differ(home):
    assert named([home / "one", home / "two"]) == {
        "a.yml": "one/a.yml",
        "below/b.YAML": "one/below/b.YAML",
        "a.yml~2": "two/a.yml",
    }


def test_a_file_that_is_given_twice_is_read_once(home):
    assert set(named([home / "one", home / "one/a.yml", home])) == {"a.yml", "below/b.YAML", "two/a.yml"}


def test_what_is_not_there_is_an_error_of_whoever_opens_it(home):
    with pytest.raises(OSError, match="absent"):
        named([home / "absent"])


def test_a_file_is_read_as_text_or_its_problem_has_a_place(home):
    (home / "one/a.yml").write_bytes(b"\xef\xbb\xbftitle: x")
    (home / "one/below/b.YAML").write_bytes("title: x\nauthor: Trạm".encode("utf-16"))
    (home / "two/a.yml").write_bytes(b"title: x\nauthor: \xe9")
    first, second, third = map(read, rule_files([home]))
    assert first == "title: x"
    assert isinstance(second, Problem)
    assert (second.kind, second.line, second.column) == ("encoding", 1, 1)
    assert isinstance(third, Problem)
    assert str(third).endswith("two/a.yml:2:9: error: not UTF-8 [encoding] Save the file as UTF-8.")


def test_one_file_below_a_folder_that_cannot_be_read_hides_no_other(home):
    (home / "two/b.yml").symlink_to("/proc/self/mem")  # reading it fails, for root too
    found = {file.name: read(file) for file in rule_files([home / "two"])}
    assert found["a.yml"] == "two/a.yml"
    problem = found["b.yml"]
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.kind) == ("error", "unreadable")
    assert "rights" in problem.advice
    (given,) = rule_files([home / "two/b.yml"])
    with pytest.raises(OSError, match=r"b\.yml"):
        read(given)


def test_a_folder_that_cannot_be_looked_into_is_an_error_however_deep(home, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("below"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError, match="below"):
        named([home])
