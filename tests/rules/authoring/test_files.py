import pytest
from tramgac_rules.authoring.files import YARA, rule_files


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
