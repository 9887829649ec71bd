import hashlib

import pytest
from tramgac_rules.authoring.importing import origin
from tramgac_rules.authoring.importing.origin import Origin

from tests.rules.authoring.importing.making import COMMIT, LICENCE, folder, small, zipped


def checkout(path, head, **more):
    files = {".git/HEAD": head, **{f".git/{name.replace('__', '/')}": text for name, text in more.items()}}
    return origin.of_folder(folder(path / "sigma", {name: text.encode() for name, text in files.items()}))


CONFIG = '[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n\tfetch = +refs/heads/*\n[branch "master"]\n'


def test_a_checkout_says_its_commit_and_where_it_is_from(tmp_path):
    config = CONFIG.format(url="https://github.com/SigmaHQ/sigma.git")
    found = checkout(tmp_path, "ref: refs/heads/master\n", config=config, refs__heads__master=f"{COMMIT}\n")
    assert found == Origin("sigma", "https://github.com/SigmaHQ/sigma.git", COMMIT)


@pytest.mark.parametrize(
    ("head", "more", "commit"),
    [
        (f"{COMMIT}\n", {}, COMMIT),
        ("ref: refs/heads/x\n", {"packed-refs": f"# pack-refs\n{COMMIT} refs/heads/x\n"}, COMMIT),
        ("ref: refs/heads/x\n", {"packed-refs": f"{COMMIT} refs/heads/xy\n"}, ""),
        ("ref: refs/../../../secret\n", {}, ""),
        ("nonsense", {}, ""),
    ],
)
def test_how_a_checkout_may_lie_there(tmp_path, head, more, commit):
    (tmp_path / "secret").write_text(COMMIT)
    assert checkout(tmp_path, head, **more).commit == commit


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://an:secret@example.org/rules.git", "https://example.org/rules.git"),
        ("ssh://git@example.org/rules", "ssh://example.org/rules"),
        ("git@example.org:rules.git", "example.org:rules.git"),
    ],
)
def test_no_secret_is_kept(tmp_path, url, public):
    assert checkout(tmp_path, COMMIT, config=CONFIG.format(url=url)).url == public


def test_a_folder_that_is_no_checkout_says_its_name_and_version(tmp_path):
    path = folder(tmp_path / "rules-1", {"version.txt": b"r2026-08-01\nmore\n"})
    assert origin.of_folder(path) == Origin("rules-1", version="r2026-08-01")


def test_what_an_archive_says(tmp_path):
    path = zipped(tmp_path / "x.zip", small())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert origin.of_archive(path, "", "", {}) == Origin("x.zip", sha256=digest)
    assert origin.of_archive(path, "sigma-r2026/", COMMIT, {}) == Origin("x.zip", "", COMMIT, "r2026", digest)
    said = origin.of_archive(path, "sigma-r2026/", "no commit", {"sigma-r2026/version.txt": b"r2027\x1b\n"})
    assert (said.version, said.commit) == ("r2026", "")  # a version that cannot be shown is none


def test_licences():
    assert origin.licence({"LICENSE": LICENCE}) == "DRL-1.1"
    assert origin.licence({"LICENSE": b"MIT License\n\nCopyright"}) == "MIT"
    assert origin.licence({"LICENSE": b"Apache License\n  Version 2.0, January 2004"}) == "Apache-2.0"
    assert origin.licence({"LICENSE": b"\xff all rights reserved"}) == origin.licence({}) == ""
    names = ("LICENSE", "LICENCE.txt", "COPYING", "licenses/x", "MY-LICENSE")
    assert [name for name in names if origin.is_licence(name)] == ["LICENSE", "LICENCE.txt", "COPYING"]
