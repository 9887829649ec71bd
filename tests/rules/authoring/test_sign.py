import json
import stat
from datetime import timedelta

import pytest
from backports import zstd
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from tramgac_rules.authoring.bundle import build_bundle
from tramgac_rules.authoring.sign import has_indicators, next_version, sign
from tramgac_rules.errors import SigningError
from tramgac_wire import content
from tramgac_wire.errors import ContentError

from tests.rules.making import rule


@pytest.fixture
def home(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(rule({"A": "x"}), "utf-8")
    return tmp_path


def signed(home, **more):
    version = next_version(home / "repository")
    built = build_bundle([home / "rules"], [], version)
    return sign(home / "repository", home / "keys", built.bundle, built.about, built.sources, **more)


def fetched(home, name="trust", **more):
    def fetch(path):
        file = home / "repository" / path
        if not file.exists():
            raise KeyError(path)
        return file.read_bytes()

    root = (home / "repository/metadata/root.json").read_bytes()
    return content.update(root, home / name, fetch, **more)


def test_what_is_signed_is_accepted_and_versions_grow(home):
    for wanted in (1, 2, 3):
        assert next_version(home / "repository") == wanted
        assert signed(home) == wanted
        verified = fetched(home)
        assert verified.version == wanted
        assert json.loads(verified.bundle)["version"] == wanted


def test_the_key_is_private_and_stays_the_same(home):
    signed(home)
    key = home / "keys/author.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    signed(home)
    assert key.read_bytes() == before


def test_files_are_where_the_collector_looks_for_them(home):
    signed(home)
    files = {str(path.relative_to(home / "repository")) for path in (home / "repository").rglob("*") if path.is_file()}
    metadata = {f"metadata/{name}.json" for name in ("1.root", "root", "timestamp", "1.snapshot", "1.targets")}
    assert metadata < files
    targets = sorted(name.partition(".")[2] for name in files - metadata)
    assert targets == ["about.json.zst", "rules.json.zst", "sources.json.zst"]


def test_another_key_is_refused_on_both_ends(home):
    signed(home)
    fetched(home)
    (home / "keys/author.pem").rename(home / "kept.pem")
    with pytest.raises(SigningError, match="bring the key back"):
        signed(home)
    other = home / "other"
    (other / "rules").mkdir(parents=True)
    signed(other)
    (other / "keys/author.pem").rename(home / "keys/author.pem")
    with pytest.raises(SigningError, match="another key"):
        signed(home)


def test_a_changed_bundle_is_refused(home):
    signed(home)
    (target,) = (home / "repository/targets").glob("*.rules.json.zst")
    target.write_bytes(target.read_bytes()[:-1] + b"x")
    with pytest.raises(ContentError, match="tampered"):
        fetched(home)


def test_an_expired_signature_is_refused(home):
    signed(home, valid=timedelta(seconds=-1))
    with pytest.raises(ContentError, match="expired"):
        fetched(home)


@pytest.mark.parametrize(("bundle", "said"), [
    (b"nonsense", "no bundle"),
    (zstd.compress(b"[]"), "no bundle"),
    (zstd.compress(b'{"version": 9}'), "says version 9, the repository's next is 1"),
])  # fmt: skip
def test_what_is_no_bundle_of_the_next_version_is_not_signed(home, bundle, said):
    with pytest.raises(SigningError, match=said):
        sign(home / "repository", home / "keys", bundle, b"", b"")
    assert not (home / "keys").exists()


def test_a_key_that_is_locked_is_told_with_how_to_unlock_it(home):
    signed(home)
    path = home / "keys/author.pem"
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(SigningError, match=r"author\.pem is locked with a passphrase.*openssl pkey"):
        signed(home)


def test_a_repository_that_cannot_be_written_makes_no_key(home):
    (home / "repository").write_text("a file stands where the folder should")
    with pytest.raises(OSError, match="repository"):
        signed(home)
    assert not (home / "keys").exists()


def test_damaged_metadata_or_key_is_told(home):
    signed(home)
    (home / "keys/author.pem").write_text("nonsense")
    with pytest.raises(SigningError, match="no private key"):
        signed(home)
    (home / "repository/metadata/timestamp.json").write_text("{}")
    with pytest.raises(SigningError, match="bring it back"):
        next_version(home / "repository")


def targets(home):
    return sorted(path.name.partition(".")[2] for path in (home / "repository/targets").iterdir())


def test_targets_that_no_version_of_the_last_two_names_are_removed(home):
    for number in range(4):
        (home / "rules/a.yml").write_text(rule({"A": f"x{number}"}), "utf-8")
        signed(home)
    assert targets(home) == ["about.json.zst"] + ["rules.json.zst"] * 2 + ["sources.json.zst"] * 2
    assert fetched(home).version == 4


def test_indicators_stay_until_others_come_or_none(home):
    listed = zstd.compress(b"a list")
    assert not has_indicators_after(home)
    assert has_indicators_after(home, indicators=listed)
    assert has_indicators_after(home)
    verified = fetched(home, indicators=True)
    assert (verified.version, verified.indicators.read_bytes()) == (3, b"a list")
    assert not has_indicators_after(home, indicators=b"")
    assert not has_indicators_after(home)
    assert fetched(home, indicators=True).indicators is None
    assert "indicators.zst" not in targets(home)


def has_indicators_after(home, **more):
    signed(home, **more)
    return has_indicators(home / "repository")


def test_a_repository_without_its_newest_targets_is_told(home):
    signed(home)
    (home / "repository/metadata/1.targets.json").unlink()
    with pytest.raises(SigningError, match="bring it back"):
        signed(home)
