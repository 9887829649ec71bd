import datetime as dt
import json

import pytest
from backports.zstd import compress
from securesystemslib.signer import CryptoSigner
from tramgac_wire import content
from tramgac_wire.content import current, update
from tramgac_wire.errors import ContentError

from tests.wire.repository import INDICATORS, TARGET, Repository


@pytest.fixture
def repository():
    repository = Repository()
    repository.publish(b'{"version": 1}')
    return repository


def refused(root, trust, fetch):
    with pytest.raises(ContentError) as caught:
        update(root, trust, fetch)
    return caught.value.reason


def test_signed_content_is_taken_and_kept(repository, tmp_path):
    verified = update(repository.root, tmp_path / "trust", repository.fetch)
    assert (verified.version, verified.bundle) == (1, b'{"version": 1}')
    assert current(tmp_path / "trust") == verified


def test_newer_content_replaces_it_and_the_old_file_goes(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    repository.publish(b"two")
    assert update(repository.root, tmp_path, repository.fetch).version == 2
    assert [path.name for path in tmp_path.glob(f"*.{TARGET}")] == [f"2.{TARGET}"]


def test_the_same_content_is_not_fetched_twice(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    repository.asked.clear()
    assert update(repository.root, tmp_path, repository.fetch).version == 1
    assert not any(name.startswith("targets/") for name in repository.asked)


def test_the_trust_folder_alone_is_enough_after_the_first_time(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    repository.publish(b"two")
    assert update(b"", tmp_path, repository.fetch).version == 2


def test_without_any_root_nothing_is_trusted(repository, tmp_path):
    assert refused(b"", tmp_path, repository.fetch) == "missing"


def test_nothing_is_in_force_before_the_first_update(tmp_path):
    assert current(tmp_path) is None


def test_content_of_another_author_is_refused(repository, tmp_path):
    other = Repository()
    other.publish(b"evil")
    update(repository.root, tmp_path, repository.fetch)
    assert refused(repository.root, tmp_path, other.fetch) == "unsigned"
    assert current(tmp_path).version == 1


@pytest.mark.parametrize("role", ["timestamp", "2.snapshot", "2.targets"])
def test_metadata_without_a_signature_is_refused(repository, tmp_path, role):
    update(repository.root, tmp_path, repository.fetch)
    repository.publish(b"two")
    name = f"metadata/{role}.json"
    unsigned = json.loads(repository.files[name])
    unsigned["signatures"] = []
    repository.files[name] = json.dumps(unsigned).encode()
    assert refused(repository.root, tmp_path, repository.fetch) == "unsigned"
    assert current(tmp_path).version == 1


@pytest.mark.parametrize("role", ["timestamp", "2.snapshot", "2.targets"])
def test_changed_metadata_is_refused(repository, tmp_path, role):
    update(repository.root, tmp_path, repository.fetch)
    repository.publish(b"two")
    name = f"metadata/{role}.json"
    repository.files[name] = repository.files[name].replace(b'"2100-', b'"2101-')
    assert refused(repository.root, tmp_path, repository.fetch) == "unsigned"
    assert current(tmp_path).bundle == b'{"version": 1}'


@pytest.mark.parametrize("changed", [compress(b"2wo"), compress(b"2wo") + b"and more", b"short"])
def test_a_changed_bundle_is_refused(repository, tmp_path, changed):
    update(repository.root, tmp_path, repository.fetch)
    repository.publish(b"two")
    for name in repository.files:
        if name.startswith("targets/"):
            repository.files[name] = changed
    assert refused(repository.root, tmp_path, repository.fetch) == "tampered"
    assert current(tmp_path).version == 1
    assert not (tmp_path / "incoming").exists()


def test_older_content_is_refused(repository, tmp_path):
    before = repository.copy()
    repository.publish(b"two")
    update(repository.root, tmp_path, repository.fetch)
    assert refused(repository.root, tmp_path, before.fetch) == "older"
    assert current(tmp_path).version == 2


def test_older_content_is_refused_even_if_the_metadata_was_lost_here(repository, tmp_path):
    before = repository.copy()
    repository.publish(b"two")
    update(repository.root, tmp_path, repository.fetch)
    for name in ("timestamp", "snapshot", "targets"):
        (tmp_path / f"{name}.json").unlink()
    assert refused(repository.root, tmp_path, before.fetch) == "older"
    assert current(tmp_path).version == 2


def test_expired_content_is_refused_and_the_last_stays(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    repository.expires = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    repository.publish(b"two")
    assert refused(repository.root, tmp_path, repository.fetch) == "expired"
    assert current(tmp_path).version == 1


@pytest.mark.parametrize("part", ["timestamp", "1.snapshot", "1.targets", "targets"])
def test_a_missing_file_is_named(repository, tmp_path, part):
    for name in list(repository.files):
        if part in name and not (part == "targets" and name.startswith("metadata")):
            del repository.files[name]
    assert refused(repository.root, tmp_path, repository.fetch) == "missing"


def test_a_courier_that_fails_is_told_apart(repository, tmp_path):
    def fetch(name):
        raise ConnectionError(name)

    assert refused(repository.root, tmp_path, fetch) == "unreachable"


@pytest.mark.parametrize("garbage", [b"", b"{}", b"[]", b"\xff\xfe", b"{" * 5_000])
def test_garbage_is_malformed(repository, tmp_path, garbage):
    repository.files["metadata/timestamp.json"] = garbage
    assert refused(repository.root, tmp_path, repository.fetch) == "malformed"
    assert refused(garbage or b"x", tmp_path, repository.fetch) == "malformed"


def test_endless_metadata_is_cut_off(repository, tmp_path):
    repository.files["metadata/timestamp.json"] = b" " * 100_000
    assert refused(repository.root, tmp_path, repository.fetch) == "too_large"


def test_a_signed_target_above_the_limit_is_not_fetched(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(content, "MAX_TARGET", 10)
    assert refused(repository.root, tmp_path, repository.fetch) == "too_large"


def test_a_bundle_that_decompresses_above_the_limit_is_refused(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(content, "MAX_BUNDLE", 1_000)
    repository.publish(bytes(1_001))
    assert refused(repository.root, tmp_path, repository.fetch) == "too_large"


@pytest.mark.parametrize("packed", [b"not zstd", compress(b"cut here")[:-3]])
def test_a_signed_bundle_that_is_no_zstd_is_malformed(repository, tmp_path, packed):
    repository.publish(b"", packed=packed)
    assert refused(repository.root, tmp_path, repository.fetch) == "malformed"


def test_content_without_rules_is_missing(repository, tmp_path):
    repository.publish(b"x", name="other.zst")
    assert refused(repository.root, tmp_path, repository.fetch) == "missing"


def test_a_new_key_is_followed_and_the_old_one_no_longer(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    stolen = repository.copy()
    repository.rotate(CryptoSigner.generate_ed25519())
    repository.publish(b"two")
    assert update(repository.root, tmp_path, repository.fetch).version == 2
    for _ in range(3):
        stolen.publish(b"by the old key")
    stolen.files["metadata/2.root.json"] = repository.files["metadata/2.root.json"]
    assert refused(repository.root, tmp_path, stolen.fetch) == "unsigned"
    assert current(tmp_path).version == 2


def test_a_damaged_bundle_on_the_disk_is_not_in_force_and_is_fetched_again(repository, tmp_path):
    update(repository.root, tmp_path, repository.fetch)
    (tmp_path / f"1.{TARGET}").write_bytes(b"bit rot")
    assert current(tmp_path) is None
    assert update(repository.root, tmp_path, repository.fetch).version == 1
    assert current(tmp_path).bundle == b'{"version": 1}'


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": "x", "sha256": ""}', '{"version": 9, "sha256": ""}'])
def test_a_damaged_line_of_acceptance_is_as_none(repository, tmp_path, text):
    update(repository.root, tmp_path, repository.fetch)
    (tmp_path / "accepted.json").write_text(text)
    assert current(tmp_path) is None


@pytest.fixture
def listed():
    repository = Repository()
    repository.publish(b"one", indicators=compress(b"first list"))
    return repository


def test_indicators_come_to_who_asks_for_them_as_a_file(listed, tmp_path):
    verified = update(listed.root, tmp_path, listed.fetch, indicators=True)
    assert verified.indicators.read_bytes() == b"first list"
    assert current(tmp_path, indicators=True) == verified
    listed.publish(b"two", indicators=compress(b"second" * 1_000_000))
    assert update(listed.root, tmp_path, listed.fetch, indicators=True).indicators.read_bytes() == b"second" * 1_000_000
    assert [path.name for path in tmp_path.glob("*indicators*")] == ["2.indicators"]
    listed.publish(b"three")
    assert update(listed.root, tmp_path, listed.fetch, indicators=True).indicators is None
    assert current(tmp_path, indicators=True).version == 3
    assert list(tmp_path.glob("*indicators*")) == []


def test_who_does_not_ask_for_indicators_fetches_none(listed, tmp_path):
    assert update(listed.root, tmp_path, listed.fetch).indicators is None
    assert not any(INDICATORS in name for name in listed.asked)
    assert current(tmp_path, indicators=True) is None


def test_who_asks_later_gets_those_of_the_same_version(listed, tmp_path):
    update(listed.root, tmp_path, listed.fetch)
    assert update(listed.root, tmp_path, listed.fetch, indicators=True).indicators.read_bytes() == b"first list"
    listed.asked.clear()
    assert update(listed.root, tmp_path, listed.fetch, indicators=True).version == 1
    assert not any(name.startswith("targets/") for name in listed.asked)


def test_indicators_that_were_damaged_on_the_disk_are_fetched_again(listed, tmp_path):
    update(listed.root, tmp_path, listed.fetch, indicators=True)
    (tmp_path / "1.indicators").write_bytes(b"bit rot")
    assert current(tmp_path).version == 1
    assert current(tmp_path, indicators=True) is None
    assert update(listed.root, tmp_path, listed.fetch, indicators=True).indicators.read_bytes() == b"first list"


def test_an_older_version_is_refused_though_its_indicators_were_never_here(listed, tmp_path):
    before = listed.copy()
    listed.publish(b"two")
    update(listed.root, tmp_path, listed.fetch)
    for name in ("timestamp", "snapshot", "targets"):
        (tmp_path / f"{name}.json").unlink()
    with pytest.raises(ContentError, match="older"):
        update(listed.root, tmp_path, before.fetch, indicators=True)


@pytest.mark.parametrize(("data", "reason"), [
    (b"not zstd", "malformed"),
    (compress(b"cut here")[:-3], "malformed"),
    (compress(bytes(2_000)), "too_large"),
])  # fmt: skip
def test_signed_indicators_that_are_none_leave_everything_as_it_was(listed, tmp_path, monkeypatch, data, reason):
    monkeypatch.setattr(content, "MAX_INDICATORS", 1_000)
    before = update(listed.root, tmp_path, listed.fetch, indicators=True)
    listed.publish(b"two", indicators=data)
    with pytest.raises(ContentError) as caught:
        update(listed.root, tmp_path, listed.fetch, indicators=True)
    assert caught.value.reason == reason
    assert current(tmp_path, indicators=True) == before
    assert before.indicators.read_bytes() == b"first list"
    assert not list(tmp_path.glob("*.part"))


def test_changed_indicators_are_refused(listed, tmp_path):
    for name in listed.files:
        if name.endswith(INDICATORS):
            listed.files[name] = compress(b"evil list!")
    with pytest.raises(ContentError, match="tampered"):
        update(listed.root, tmp_path, listed.fetch, indicators=True)
    assert current(tmp_path) is None
