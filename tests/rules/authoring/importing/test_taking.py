import json
import os
from pathlib import Path

import pytest
from tramgac_rules.authoring import build_bundle
from tramgac_rules.authoring.importing import taking
from tramgac_rules.authoring.importing.manifest import MANIFEST
from tramgac_rules.authoring.importing.taking import import_rules
from tramgac_rules.errors import ImportRefused

from tests.rules.authoring.importing.making import COMMIT, LICENCE, folder, rule, small, tarred, zipped

CORRELATION = b"""title: Several
id: 00000000-0000-4000-8000-0000000000c0
correlation: {type: event_count, rules: [00000000-0000-4000-8000-000000000003], timespan: 1m, condition: {gte: 3}}
"""


@pytest.fixture(params=["folder", "zip", "tar.gz"])
def source(request, tmp_path):
    files = small()
    if request.param == "folder":
        return folder(tmp_path / "sigma", files)
    files = {f"sigma-r2026/{name}": data for name, data in files.items()}
    path = tmp_path / f"sigma.{request.param}"
    return zipped(path, files, comment=COMMIT) if request.param == "zip" else tarred(path, files, comment=COMMIT)


def test_rules_as_they_are_with_whose_they_are(source, tmp_path):
    to = tmp_path / "imported"
    done = import_rules(source, to)
    names = ["rules-threat-hunting/five.yml", "rules/linux/one.yml", "rules/linux/two.yml"]
    kept = sorted(path.relative_to(to).as_posix() for path in to.rglob("*") if path.is_file())
    assert kept == sorted(["LICENSE", MANIFEST, *names])
    assert all((to / name).read_bytes() == small()[name] for name in names)
    assert ((to / "LICENSE").read_bytes(), done.rules, done.files) == (LICENCE, 3, 3)
    told = json.loads((to / MANIFEST).read_text())
    assert told.items() >= dict(done.manifest).items()
    assert (told["licence"], told["watch"]) == ("DRL-1.1", {"experimental": 1, "hunting": 1, "imported": 1})
    assert told["left_out"] == {"modifier": 1, "status": 1}
    if source.is_file():
        assert (told["source"]["commit"], told["source"]["version"]) == (COMMIT, "r2026")


def test_what_is_not_taken_is_told_with_its_place_and_why(source, tmp_path):
    done = import_rules(source, tmp_path / "imported")
    assert [str(fault) for fault in done.left] == [
        "rules/linux/broken.yml:10:5: error: the modifier 'endswit' is unknown [modifier] Did you mean 'endswith'?",
        (
            "rules/linux/over.yml:1:1: error: its authors gave it up (status: deprecated) [status] "
            "Look for what took its place."
        ),
    ]
    assert done.aside == {".": 1, ".github": 1, "deprecated": 1, "tests": 1}


def test_what_was_taken_can_be_signed_and_begins_under_watch(source, tmp_path):
    import_rules(source, tmp_path / "imported")
    own = folder(tmp_path / "own", {"own.yml": rule(9)})
    built = build_bundle([tmp_path / "imported", own], [], 1)
    assert ([found for found in built.problems if found.severity == "error"], built.rules, built.watched) == ([], 4, 3)


def test_a_folder_without_folders_of_rules_is_taken_as_it_is(tmp_path):
    source = folder(tmp_path / "mine", {"a.yml": rule(1), "linux/b.yml": rule(2), "deprecated/c.yml": rule(3)})
    done = import_rules(source, tmp_path / "imported")
    assert (done.files, done.aside, done.manifest["licence"]) == (2, {"deprecated": 1}, "")


def test_what_refers_to_a_rule_that_is_not_taken_is_not_taken_either(tmp_path):
    files = {"rules/broken.yml": rule(3).replace(b"endswith", b"endswit"), "rules/c.yml": CORRELATION}
    done = import_rules(folder(tmp_path / "sigma", {**files, "rules/one.yml": rule(1)}), tmp_path / "imported")
    assert (done.files, [fault.kind for fault in done.left]) == (1, ["modifier", "reference"])


def test_again_replaces_all_of_it(tmp_path):
    to = tmp_path / "imported"
    source = folder(tmp_path / "sigma", small())
    import_rules(source, to)
    (source / "rules/linux/one.yml").unlink()
    (source / "rules/linux/new.yml").write_bytes(rule(8))
    assert import_rules(source, to).files == 3
    assert not (to / "rules/linux/one.yml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["imported", "sigma"]


@pytest.mark.parametrize("place", ["changed", "foreign", "file"])
def test_what_is_somebodys_own_is_never_overwritten(tmp_path, place):
    to = tmp_path / "imported"
    source = folder(tmp_path / "sigma", small())
    if place == "file":
        to.write_text("mine")
    elif place == "foreign":
        folder(to, {"mine.yml": rule(7)})
    else:
        import_rules(source, to)
        (to / "rules/linux/one.yml").write_bytes(rule(7))
    with pytest.raises(ImportRefused, match="--to"):
        import_rules(source, to)
    assert to.is_file() or rule(7) in [path.read_bytes() for path in to.rglob("*.yml")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["imported", "sigma"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": b"nothing"}, "holds no rule"),
        (
            {"rules/a.yml": b"title: [\n"},
            "no rule of it can be taken; the first fault: rules/a.yml:2:1: error: not YAML",
        ),
    ],
)
def test_a_source_without_a_good_rule_is_refused_and_leaves_nothing(tmp_path, files, said):
    with pytest.raises(ImportRefused, match=said):
        import_rules(folder(tmp_path / "sigma", files), tmp_path / "imported")
    assert [path.name for path in tmp_path.iterdir()] == ["sigma"]


def test_an_empty_folder_may_be_filled_and_is_readable_for_others(tmp_path):
    to = tmp_path / "imported"
    to.mkdir()
    import_rules(folder(tmp_path / "sigma", small()), to)
    assert to.stat().st_mode & 0o777 == 0o755


def test_killed_in_between_the_folder_is_the_old_one(tmp_path, monkeypatch):
    to = tmp_path / "imported"
    source = folder(tmp_path / "sigma", small())
    import_rules(source, to)
    before = (to / MANIFEST).read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking.manifest, "write", fail)
    with pytest.raises(OSError, match="space"):
        import_rules(source, to)
    assert (to / MANIFEST).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["imported", "sigma"]


@pytest.mark.data
@pytest.mark.slow
def test_all_public_rules(tmp_path):
    given = os.environ.get("TRAMGAC_TEST_DATA")
    if not given:
        pytest.skip("no TRAMGAC_TEST_DATA: a folder with sigma/")
    done = import_rules(Path(given) / "sigma", tmp_path / "imported")
    assert done.manifest["licence"] == "DRL-1.1"
    assert done.rules > 3_700
    assert len(done.left) < 20
    assert set(done.manifest["watch"]) == {"experimental", "hunting", "imported"}
