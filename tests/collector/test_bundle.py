import hashlib
import json
from dataclasses import replace

import pytest
from backports import zstd
from tramgac_collector import bundle
from tramgac_collector.refusals import ContentRefused
from tramgac_rules.authoring import compile_rules

from tests.collector.authored import YARA
from tests.rules.indicators.making import packed

GOOD = {"format": 1, "version": 3, "marked": "", "sigma": {}, "yara": [], "policy": {}}


def encoded(**changed):
    return json.dumps({**GOOD, **changed}).encode()


def test_a_bundle_is_read():
    yara = [
        {"path": "a.yar", "source": "A", "content_only": True},
        {"path": "b.yar", "source": "B", "content_only": False},
    ]
    read = bundle.parse(3, encoded(marked="demo", yara=yara, policy={"x": 1}))
    assert (read.version, read.marked, read.policy, len(read.yara)) == (3, "demo", {"x": 1}, 2)
    assert [source.path for source in read.content_only] == ["a.yar"]
    assert bundle.parse(3, read.text.encode()) == read


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        encoded(format=2),
        encoded(version="3"),
        encoded(version=True),
        encoded(version=4),
        encoded(marked=None),
        encoded(sigma=[]),
        encoded(yara={}),
        encoded(yara=["x"]),
        encoded(yara=[{"path": 1, "source": "", "content_only": True}]),
        encoded(policy=None),
        encoded(about=1),
    ],
)
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(ContentRefused):
        bundle.parse(3, data)


def test_a_pack_that_does_not_load_is_refused():
    with pytest.raises(ContentRefused, match="Sigma"):
        bundle.load(bundle.parse(3, encoded(sigma={"nonsense": 1})))


def test_correlations_that_do_not_load_are_refused():
    parsed = bundle.parse(3, json.dumps({**GOOD, "sigma": {**compile_rules([]).pack, "correlations": [{}]}}).encode())
    with pytest.raises(ContentRefused, match=r"bundle 3: the correlations do not load: correlations\[0\]"):
        bundle.load(parsed)


def test_what_the_rules_say_is_the_one_that_was_signed():
    about = zstd.compress(json.dumps({"format": 1, "about": {"r": {"path": "r.yml"}}}).encode())
    parsed = bundle.parse(3, encoded(about=hashlib.sha256(about).hexdigest(), sigma=compile_rules([]).pack))
    files = {f"targets/{parsed.about_digest}.about.json.zst": about}
    assert bundle.load(bundle.with_about(parsed, files.__getitem__)).book.about("r").path == "r.yml"
    with pytest.raises(ContentRefused, match="lacks its about"):
        bundle.with_about(parsed, {}.__getitem__)
    with pytest.raises(ContentRefused, match="is not what was signed"):
        bundle.with_about(parsed, lambda _: about + b" ")
    with pytest.raises(ContentRefused, match="Sigma rules do not load: about: it cannot be read"):
        bundle.load(replace(parsed, about=b"nonsense"))


def test_a_bundle_whose_rules_say_nothing_needs_no_more():
    parsed = bundle.parse(3, encoded(sigma=compile_rules([]).pack))
    assert bundle.with_about(parsed, {}.__getitem__) is parsed


def test_yara_is_tried_in_the_child(tmp_path):
    pack = dict(compile_rules([tmp_path]).pack)
    good = {"path": "a.yar", "source": YARA.format(name="x", id="x", what="y"), "content_only": True}
    assert len(bundle.load(bundle.parse(3, encoded(sigma=pack, yara=[good]))).rules) == 0
    bad = {"path": "b.yar", "source": "rule", "content_only": True}
    with pytest.raises(ContentRefused, match=r"b\.yar"):
        bundle.load(bundle.parse(3, encoded(sigma=pack, yara=[good, bad])))


def with_indicators(path):
    return replace(bundle.parse(3, encoded()), indicators=path)


def test_indicators_are_opened_where_they_lie(tmp_path):
    path = tmp_path / "3.indicators"
    path.write_bytes(packed(("domain", "evil.example"), ("name", "evil.exe")))
    opened = bundle.open_indicators(with_indicators(path))
    path.unlink()
    assert opened.counts == {"domain": 1, "name": 1}
    assert bundle.open_indicators(with_indicators(None)) is None


@pytest.mark.parametrize("data", [b"", b"no set", None])
def test_indicators_that_do_not_open_are_refused_with_what_to_do(tmp_path, data):
    path = tmp_path / "3.indicators"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ContentRefused, match=r"bundle 3: the indicators do not load: .*rules sign --indicators"):
        bundle.open_indicators(with_indicators(path))
