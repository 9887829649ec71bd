import hashlib
import json

import pytest
from backports import zstd
from tramgac_collector.api.sources import TARGET, texts

from tests.tools.console import Console

TEXTS = {"a.yml": "title: Đà Nẵng"}


def put(console: Console, data: bytes, digest: str | None = None):
    """Put a target on offer as a verified repository would have it; gives the trust folder."""
    paths = console.services.paths
    digest = digest or hashlib.sha256(data).hexdigest()
    trust, targets = paths.content / "api", paths.content / "repository/targets"
    trust.mkdir()
    targets.mkdir(parents=True)
    (targets / f"{digest}.{TARGET}").write_bytes(data)
    signed = {"signed": {"targets": {TARGET: {"hashes": {"sha256": digest}}}}}
    (trust / "targets.json").write_text(json.dumps(signed))
    return trust


def test_texts_that_are_what_the_signature_says(console: Console):
    trust = put(console, zstd.compress(json.dumps(TEXTS).encode()))
    assert texts(console.services.paths, trust) == TEXTS


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (zstd.compress(json.dumps(TEXTS).encode()), "0" * 64),
        (b"no zstd", None),
        (zstd.compress(b"no json"), None),
        (zstd.compress(b"[]"), None),
    ],
)
def test_others_are_none(console: Console, data, digest):
    trust = put(console, data, digest)
    assert texts(console.services.paths, trust) == {}


def test_nothing_verified(console: Console):
    assert texts(console.services.paths, console.services.paths.content / "api") == {}
