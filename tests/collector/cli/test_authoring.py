import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from tramgac_collector.cli import authoring
from tramgac_collector.cli.errors import Failed
from tramgac_rules.indicators import Indicators
from tramgac_wire.dictionary import train

RULE = (
    "title: Shell\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\n"
    "logsource: {category: process_creation, product: linux}\n"
    "detection: {s: {Image|endswith: /sh}, condition: s}\n"
)


@pytest.fixture
def rules(tmp_path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "good.yml").write_text(RULE)
    return folder


@pytest.fixture
def faulty(rules) -> Path:
    (rules / "no_condition.yml").write_text(RULE.replace(", condition: s", "").replace("1111-1", "2222-2"))
    (rules / "no_yaml.yml").write_text("title: [\n")
    return rules


def test_good_rules(rules):
    checked = authoring.check([rules])
    assert (checked.rules, checked.errors) == (1, 0)


def test_all_problems_come_at_once_with_their_places(faulty):
    checked = authoring.check([faulty])
    assert checked.rules == 1
    assert checked.errors == 2
    assert {Path(problem.path).name for problem in checked.problems} == {"no_condition.yml", "no_yaml.yml"}
    assert all(problem.line >= 1 and problem.column >= 1 for problem in checked.problems)


def test_errors_stop_the_signing_unless_they_are_left_out(faulty, tmp_path):
    def sign(**more):
        return authoring.sign([faulty], tmp_path / "repository", tmp_path / "keys", marked="", **more)

    stopped = sign(skip_faulty=False)
    assert (stopped.version, stopped.checked.errors) == (None, 2)
    assert not (tmp_path / "repository").exists()
    assert sign(skip_faulty=True).version == 1
    assert sign(skip_faulty=True).version == 2


@pytest.fixture
def lens(rules) -> Path:
    """Good rules, and YARA files of which one does not compile."""
    (rules / "content.yar").write_text('rule content { strings: $a = "filename" condition: $a }\n')
    (rules / "place.yar").write_text('rule place { condition: filename == "x" }\n')
    (rules / "bad.yar").write_text("rule bad {\n  condition: nothing_of_the_kind\n}\n")
    return rules


def bundled(repository: Path) -> dict[str, Any]:
    (bundle,) = (repository / "targets").glob("*.rules.json.zst")
    return json.loads(zstd.decompress(bundle.read_bytes()))


def test_yara_that_does_not_compile_is_a_problem_like_any_other(lens):
    checked = authoring.check([lens])
    assert (checked.rules, checked.errors) == (1, 1)
    (problem,) = checked.problems
    assert (problem.path, problem.line, problem.kind) == (str(lens / "bad.yar"), 2, "yara")
    assert "nothing_of_the_kind" in problem.message


def test_yara_that_does_not_compile_stops_the_signing_or_is_left_out(lens, tmp_path):
    repository = tmp_path / "repository"

    def sign(**more):
        return authoring.sign([lens], repository, tmp_path / "keys", marked="", **more)

    assert sign(skip_faulty=False).version is None
    assert not repository.exists()
    assert sign(skip_faulty=True).version == 1
    # The word "filename" in a string is no question about the file's name: the compiler knows, a text search does not.
    told = {file["path"]: file["content_only"] for file in bundled(repository)["yara"]}
    assert told == {"content.yar": True, "place.yar": False}


def test_dictionaries_in_the_folders_are_signed_and_stay_until_there_are_others(rules, tmp_path):
    def sign():
        return authoring.sign([rules], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=False)

    def signed():
        return [path.name.partition(".")[2] for path in (tmp_path / "repository/targets").glob("*.dictionary")]

    sign()
    assert not signed()
    trained = train([b"/usr/bin/program %d %d " % (n % 7, n) * 9 for n in range(200)], 1_000)
    file = rules / "linux.dictionary"
    file.write_bytes(trained.content)
    sign()
    assert signed() == ["linux.dictionary"]
    file.unlink()
    sign()
    assert signed() == ["linux.dictionary"]
    file.write_bytes(b"no dictionary")
    with pytest.raises(Failed, match="linux"):
        sign()


def test_a_repository_as_a_zip(rules, tmp_path):
    authoring.sign([rules], tmp_path / "repository", tmp_path / "keys", marked="demo", skip_faulty=False)
    names = set(zipfile.ZipFile(io.BytesIO(authoring.packed(tmp_path / "repository"))).namelist())
    assert {"metadata/timestamp.json", "metadata/1.root.json"} <= names
    assert any(name.startswith("targets/") for name in names)
    assert not any("key" in name or name.endswith(".pem") for name in names)


def test_a_zip_holds_what_is_in_force_alone_so_it_never_grows_too_large(rules, tmp_path):
    for _ in range(3):
        authoring.sign([rules], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=False)
    first = tmp_path / "repository/metadata/timestamp.json"
    os.utime(first, (0, 0))  # copied by a tool that keeps no times: 1970 is before zip's first year
    names = zipfile.ZipFile(io.BytesIO(authoring.packed(tmp_path / "repository"))).namelist()
    assert len(names) == len(set(names)) == 8
    assert {"metadata/3.targets.json", "metadata/3.snapshot.json"} <= set(names)


def test_a_new_key_is_told_once(rules, tmp_path):
    def sign():
        return authoring.sign([rules], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=False)

    assert sign().new_key == tmp_path / "keys/author.pem"
    assert sign().new_key is None


def test_what_keys_refuse_is_told_in_the_persons_language(rules, tmp_path, monkeypatch):
    def sign():
        return authoring.sign([rules], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=False)

    sign()
    (tmp_path / "keys/author.pem").write_text("no key")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    with pytest.raises(Failed, match=r"author\.pem không chứa khóa riêng đọc được: hãy khôi phục từ bản sao"):
        sign()


@pytest.mark.parametrize("name", ["metadata/timestamp.json", "targets"])
def test_a_repository_that_is_not_whole_is_told(rules, tmp_path, name):
    repository = tmp_path / "repository"
    authoring.sign([rules], repository, tmp_path / "keys", marked="", skip_faulty=False)
    (repository / name).rename(tmp_path / "elsewhere")
    with pytest.raises(Failed, match=str(repository / name)):
        authoring.packed(repository)


def test_content_without_any_rule_is_signed_only_where_that_is_wanted(tmp_path):
    (tmp_path / "empty").mkdir()

    def sign(**more):
        return authoring.sign(
            [tmp_path / "empty"], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=True, **more
        )

    assert sign(allow_none=False).version is None
    assert not (tmp_path / "keys").exists()
    assert sign().version == 1


def test_yara_counts_and_its_suffix_in_any_case_is_known(tmp_path):
    (tmp_path / "A.YAR").write_text("rule a { condition: filesize > 9 }")
    for path in (tmp_path, tmp_path / "A.YAR"):
        checked = authoring.check([path])
        assert (checked.rules, checked.yara, checked.good, checked.problems) == (0, 1, 1, ())


def test_a_folder_that_is_no_repository(tmp_path):
    for ask in (authoring.packed, authoring.valid_until):
        with pytest.raises(Failed, match="rules sign"):
            ask(tmp_path)


@pytest.fixture
def feed(tmp_path) -> Path:
    path = tmp_path / "feed.csv"
    path.write_text("value\nevil.example\nEVIL.example.\n10.0.0.1\n")
    return path


def listed(repository: Path) -> dict[str, int] | None:
    """How many indicators of each kind the newest version has, None for no such target."""
    with zipfile.ZipFile(io.BytesIO(authoring.packed(repository))) as archive:
        found = [archive.read(name) for name in archive.namelist() if name.endswith(".indicators.zst")]
    return dict(Indicators(zstd.decompress(found[0])).counts) if found else None


def test_lists_are_checked_with_the_rules(rules, feed):
    checked = authoring.check([rules], [feed])
    assert (checked.rules, checked.indicators, checked.duplicates, checked.errors) == (1, 2, 1, 0)
    assert [problem.kind for problem in checked.problems] == ["doubtful"]
    assert authoring.check([], [feed]).indicators == 2
    assert authoring.check([rules]).indicators is None


def test_indicators_are_signed_and_stay_until_others_come_or_they_are_taken_out(rules, feed, tmp_path):
    repository = tmp_path / "repository"

    def sign(**more):
        return authoring.sign([rules], repository, tmp_path / "keys", marked="", skip_faulty=False, **more)

    assert not sign().kept
    assert listed(repository) is None
    assert (sign(lists=[feed]).version, listed(repository)) == (2, {"domain": 1, "address": 1})
    assert (sign().kept, listed(repository)) == (True, {"domain": 1, "address": 1})
    feed.write_text("value\nworse.example\n")
    assert (sign(lists=[feed]).kept, listed(repository)) == (False, {"domain": 1})
    assert (sign(keep=False).kept, listed(repository)) == (False, None)
    assert (sign().kept, listed(repository)) == (False, None)


def test_errors_in_lists_stop_the_signing_unless_they_are_left_out(rules, feed, tmp_path):
    feed.write_text("value,type\nevil.example,\nzz,md5\n")
    repository = tmp_path / "repository"

    def sign(**more):
        return authoring.sign([rules], repository, tmp_path / "keys", marked="", lists=[feed], **more)

    stopped = sign(skip_faulty=False)
    assert (stopped.version, stopped.checked.errors) == (None, 1)
    assert not repository.exists()
    assert sign(skip_faulty=True).version == 1
    assert listed(repository) == {"domain": 1}


def test_indicators_that_were_lost_are_asked_back(rules, feed, tmp_path):
    repository = tmp_path / "repository"
    authoring.sign([rules], repository, tmp_path / "keys", marked="", skip_faulty=False, lists=[feed])
    next((repository / "targets").glob("*.indicators.zst")).write_bytes(b"damaged")
    with pytest.raises(Failed, match="bring it back, or sign with --indicators or --no-indicators"):
        authoring.sign([rules], repository, tmp_path / "keys", marked="", skip_faulty=False)


def test_a_path_that_cannot_be_used_is_named_with_the_reason(rules, tmp_path):
    with pytest.raises(Failed, match=r"absent cannot be used: No such file"):
        authoring.check([tmp_path / "absent"])
    (tmp_path / "file").write_text("")
    for repository, keys in (("file", "keys"), ("repository", "file")):
        with pytest.raises(Failed, match=r"file.* cannot be used: "):
            authoring.sign([rules], tmp_path / repository, tmp_path / keys, marked="", skip_faulty=False)
    with pytest.raises(Failed, match=r"absent cannot be used: No such file"):
        authoring.check([], [tmp_path / "absent"])
