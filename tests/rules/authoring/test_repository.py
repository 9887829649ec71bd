from datetime import UTC, datetime, timedelta

import pytest
from tramgac_rules.authoring import build_bundle, needed, next_version, sign, valid_until
from tramgac_rules.errors import SigningError

from tests.rules.making import rule


@pytest.fixture
def signed(tmp_path):
    """Signs one more version each time; gives the repository."""
    (tmp_path / "a.yml").write_text(rule({"A": "x"}), "utf-8")
    repository = tmp_path / "repository"

    def again(**how):
        built = build_bundle([tmp_path / "a.yml"], [], next_version(repository))
        sign(repository, tmp_path / "keys", built.bundle, built.about, built.sources, **how)
        return repository

    return again


def test_content_is_good_until_its_first_signature_ends(signed):
    left = valid_until(signed()) - datetime.now(UTC)
    assert timedelta(days=364) < left <= timedelta(days=365)
    left = valid_until(signed(valid=timedelta(days=7))) - datetime.now(UTC)
    assert timedelta(days=6) < left <= timedelta(days=7)


def test_only_the_newest_is_needed_however_many_came_before(signed):
    for _ in range(4):
        repository = signed()
    names = [path.relative_to(repository).as_posix() for path in needed(repository)]
    assert names[:5] == [
        "metadata/1.root.json", "metadata/root.json", "metadata/4.targets.json", "metadata/4.snapshot.json",
        "metadata/timestamp.json",
    ]  # fmt: skip
    assert sorted(name.split(".", 1)[1] for name in names[5:]) == [
        "about.json.zst", "rules.json.zst", "sources.json.zst",
    ]  # fmt: skip
    assert all((repository / name).is_file() for name in names)


@pytest.mark.parametrize("name", ["timestamp.json", "1.snapshot.json", "1.targets.json", "root.json"])
def test_a_file_that_is_missing_or_damaged_is_named(signed, name):
    repository = signed()
    for harm in (lambda path: path.write_text("{}"), lambda path: path.unlink()):
        harm(repository / "metadata" / name)
        with pytest.raises(SigningError, match=rf"{name} is not as it should be .*bring it back from a copy"):
            valid_until(repository)
