import contextlib
import gzip
import io
import os
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.authoring.importing import reading
from tramgac_rules.authoring.importing.reading import read_source, safe, top
from tramgac_rules.errors import ImportRefused

from tests.rules.authoring.importing.making import folder, link, small, tarred, zipped


def wanted(name):
    return name.endswith(".yml")


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz"])
def source(request, tmp_path):
    """Writes files as a source of each sort."""

    def write(files):
        path = tmp_path / f"source.{request.param}"
        if request.param == "folder":
            return folder(path, files)
        return zipped(path, files) if request.param == "zip" else tarred(path, files, mode=MODES[request.param])

    return write


MODES = {"tar": "w:", "tar.gz": "w:gz"}


def test_what_is_wanted_is_read_whatever_the_source(source):
    found = read_source(source(small()), wanted)
    assert found.files == {name: data for name, data in small().items() if name.endswith(".yml")}
    assert found.left == []


def test_a_file_that_is_too_large_is_left_and_said(source, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE", 100)
    found = read_source(source({"a.yml": b"x" * 100, "b.yml": b"x" * 101}), wanted)
    assert ([*found.files], found.left) == (["a.yml"], [("b.yml", "the file has more than 100 bytes")])


@pytest.mark.parametrize(("limit", "value"), [("MAX_TAKEN", 150), ("MAX_MEMBERS", 1)])
def test_a_source_that_is_too_large_is_refused(source, monkeypatch, limit, value):
    monkeypatch.setattr(reading, limit, value)
    with pytest.raises(ImportRefused, match=str(value)):
        read_source(source({"a.yml": b"x" * 100, "b.yml": b"x" * 100}), wanted)


NAMES = [
    "../up.yml",
    "a/../../up.yml",
    "/etc/cron.d/x.yml",
    "..\\up.yml",
    "C:/x.yml",
    "a\x00b.yml",
    "a\nb.yml",
    "\u202ea.yml",
    "a/" * 40 + "x.yml",
    "x" * 300 + ".yml",
]


@pytest.mark.parametrize("name", [name for name in NAMES if "\x00" not in name])
def test_a_name_that_leads_elsewhere_refuses_the_whole_archive(tmp_path, name):
    files = {"good.yml": b"a: b\n", name: b"a: b\n"}
    for path in (zipped(tmp_path / "x.zip", files), tarred(tmp_path / "x.tgz", files)):
        with pytest.raises(ImportRefused, match="no name of a rule: nothing of it was taken"):
            read_source(path, wanted)


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_none(name):
    with pytest.raises(ImportRefused):
        safe(name)


@given(st.text(max_size=60))
def test_a_name_that_is_taken_stays_below(name):
    try:
        taken = safe(name)
    except ImportRefused:
        return
    assert not Path(taken).is_absolute()
    assert os.path.normpath(f"/top/{taken}").startswith("/top")


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.yml"
    secret.write_bytes(b"secret: true\n")
    path = folder(tmp_path / "source", {"a.yml": b"a: b\n"})
    (path / "link.yml").symlink_to(secret)
    (path / "away").symlink_to(tmp_path)
    os.mkfifo(path / "pipe.yml")
    found = read_source(path, wanted)
    assert [*found.files] == ["a.yml"]
    assert sorted(name for name, _ in found.left) == ["link.yml", "pipe.yml"]


def test_links_in_archives_are_left(tmp_path):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.addfile(link("link.yml", "/etc/passwd"))
        hard = link("hard.yml", "link.yml")
        hard.type = tarfile.LNKTYPE
        archive.addfile(hard)
        archive.addfile(tarfile.TarInfo("dir.yml"))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        member = zipfile.ZipInfo("link.yml")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    for name, left in (("x.tar", ["link.yml", "hard.yml"]), ("x.zip", ["link.yml"])):
        found = read_source(tmp_path / name, wanted)
        assert [name for name, _ in found.left] == left
        assert b"passwd" not in b"".join(found.files.values())


def test_two_files_of_one_name_are_told_and_the_first_is_taken(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is meant here
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("a.yml", b"first: 1\n")
            archive.writestr("./a.yml", b"second: 2\n")
    found = read_source(tmp_path / "x.zip", wanted)
    assert (found.files, [name for name, _ in found.left]) == ({"a.yml": b"first: 1\n"}, ["a.yml"])


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 5_000_000)
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        member = tarfile.TarInfo("zeros.bin")  # not wanted, and yet it has to be passed
        member.size = 50_000_000
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    path = tmp_path / "bomb.tgz"
    path.write_bytes(gzip.compress(inner.getvalue()))
    with pytest.raises(ImportRefused, match="unpacks to more than 5000000 bytes"):
        read_source(path, wanted)
    lying = zipped(tmp_path / "bomb.zip", {"a.yml": bytes(50_000_000)})
    found = read_source(lying, wanted)
    assert (found.files, found.left[0][0]) == ({}, "a.yml")


def test_damage_is_said(tmp_path):
    whole = zipped(tmp_path / "x.zip", small()).read_bytes(), tarred(tmp_path / "x.tgz", small()).read_bytes()
    for number, data in enumerate(
        [b"", b"no archive", b"PK\x03\x04 no zip", *(part[: len(part) // 2] for part in whole)]
    ):
        path = tmp_path / f"{number}"
        path.write_bytes(data)
        with pytest.raises(ImportRefused, match="no zip or tar that can be read"):
            read_source(path, wanted)


@given(data=st.binary(max_size=300), magic=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"PK\x05\x06"]))
def test_garbage_is_refused_or_empty(tmp_path_factory, data, magic):
    path = tmp_path_factory.mktemp("garbage") / "x"
    path.write_bytes(magic + data)
    with contextlib.suppress(ImportRefused):
        assert read_source(path, wanted).files == {}


def test_an_archive_that_is_too_large_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ARCHIVE", 10)
    with pytest.raises(ImportRefused, match="more than 10 bytes"):
        read_source(zipped(tmp_path / "x.zip", small()), wanted)


def test_a_commit_beside_the_files(tmp_path):
    assert read_source(zipped(tmp_path / "x.zip", small(), comment="c" * 40), wanted).note == "c" * 40
    assert read_source(tarred(tmp_path / "x.tgz", small(), comment="d" * 40), wanted).note == "d" * 40


def test_the_folder_that_everything_lies_in():
    assert top(["sigma-r1/rules/a.yml", "sigma-r1/LICENSE"]) == "sigma-r1/"
    assert top(["rules/a.yml", "rules/b.yml"]) == ""
    assert top(["a/x.yml", "b/x.yml"]) == top(["a/x.yml", "LICENSE"]) == top([]) == ""
