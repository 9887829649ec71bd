import json

import pytest
from tramgac_rules.authoring.importing import manifest
from tramgac_rules.errors import ImportRefused

from tests.rules.authoring.importing.making import folder

FILES = {"rules/a.yml": b"a: b\n", "LICENSE": b"DRL\n"}


@pytest.fixture
def place(tmp_path):
    made = folder(tmp_path / "imported", FILES)
    manifest.write(made, {"licence": "DRL-1.1"}, FILES)
    return made


def test_what_is_said_is_kept(place):
    told = json.loads((place / manifest.MANIFEST).read_text())
    assert (told["format"], told["licence"], told["digest"]) == (1, "DRL-1.1", manifest.digest_of(FILES))


@pytest.mark.parametrize("change", ["edit", "add", "remove", "link"])
def test_what_somebody_changed_is_seen(place, change):
    assert manifest.untouched(place)
    if change == "edit":
        (place / "rules/a.yml").write_text("a: c\n")
    elif change == "add":
        (place / "rules/own.yml").write_text("a: c\n")
    elif change == "remove":
        (place / "rules/a.yml").unlink()
    else:
        (place / "gone").symlink_to(place / "nowhere")
    assert not manifest.untouched(place)


def test_a_folder_without_manifest_is_nobodys_import(tmp_path):
    assert not manifest.untouched(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "\x00"])
def test_a_manifest_that_is_none(place, text):
    (place / manifest.MANIFEST).write_text(text)
    with pytest.raises(ImportRefused, match="--to"):
        manifest.untouched(place)


def test_whose_rules_are_below_it(place, tmp_path):
    (tmp_path / "own.yml").write_text("a: b\n")
    (tmp_path / "way").symlink_to(place)
    known = {}
    assert manifest.imported(place / "rules/a.yml", known)
    assert manifest.imported(tmp_path / "way/rules/a.yml", known)
    assert not manifest.imported(tmp_path / "own.yml", known)
