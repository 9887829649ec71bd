import json

import pytest
from backports import zstd
from tramgac_rules.authoring.bundle import build_bundle
from tramgac_rules.judge import Judge

from tests.rules.making import rule

YARA = 'rule a { strings: $x = "filename_x" condition: $x }'
OUTSIDE = 'rule b { condition: filename == "x" }'


def test_a_bundle_holds_rules_of_both_kinds_and_their_sources(tmp_path):
    sigma = rule({"A": "x"})
    for name, text in (("a.yml", sigma), ("bad.yml", "title: ["), ("one.yar", YARA), ("two.yara", OUTSIDE)):
        (tmp_path / name).write_text(text, "utf-8")
    built = build_bundle([tmp_path], [tmp_path], 7, marked="demo")
    bundle, sources = (json.loads(zstd.decompress(part)) for part in (built.bundle, built.sources))
    assert (bundle["format"], bundle["version"], bundle["marked"], bundle["policy"]) == (1, 7, "demo", {})
    assert len(Judge.load(bundle["sigma"]).rules) == built.rules == 1
    assert [(file["path"][-8:], file["content_only"]) for file in bundle["yara"]] == [
        ("/one.yar", True),
        ("two.yara", False),
    ]
    assert sources[str(tmp_path / "a.yml")] == sigma
    assert sources[str(tmp_path / "one.yar")] == YARA
    assert [found.kind for found in built.problems] == ["yaml"]


def test_the_same_rules_give_the_same_bytes(tmp_path):
    (tmp_path / "a.yml").write_text(rule({"A|contains": ["x", "y"]}), "utf-8")
    assert build_bundle([tmp_path], [], 1) == build_bundle([tmp_path], [], 1)


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="missing"):
        build_bundle([], [tmp_path / "missing"], 1)
