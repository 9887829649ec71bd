import hashlib
import json

import pytest
from backports import zstd
from tramgac_rules.authoring.bundle import Seen, build_bundle
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, rule

YARA = 'rule a { strings: $x = "filename_x" condition: $x }'
OUTSIDE = 'rule b { condition: filename == "x" }'


def test_a_bundle_holds_rules_of_both_kinds_and_their_sources(tmp_path):
    sigma = rule({"A": "x"})
    for name, text in (("a.yml", sigma), ("bad.yml", "title: ["), ("one.yar", YARA), ("two.yara", OUTSIDE)):
        (tmp_path / name).write_text(text, "utf-8")
    built = build_bundle([tmp_path], [tmp_path], 7, marked="demo")
    bundle, about, sources = (json.loads(zstd.decompress(part)) for part in (built.bundle, built.about, built.sources))
    assert bundle["about"] == hashlib.sha256(built.about).hexdigest()
    assert about["about"] == {IDS.format(1): {"path": "a.yml"}}
    assert (bundle["format"], bundle["version"], bundle["marked"], bundle["policy"]) == (1, 7, "demo", {})
    assert len(Judge.load(bundle["sigma"]).rules) == built.rules == 1
    assert [(file["path"], file["content_only"]) for file in bundle["yara"]] == [("one.yar", True), ("two.yara", False)]
    assert sources["a.yml"] == sigma
    assert sources["one.yar"] == YARA
    assert str(tmp_path) not in json.dumps([bundle, about, sources])
    assert [found.kind for found in built.problems] == ["yaml"]
    assert built.yara == 2


def test_yara_that_is_no_text_is_told_and_left_out_and_never_changed(tmp_path):
    (tmp_path / "a.yar").write_bytes(b'rule a {\n strings: $x = "\xe9" condition: $x }')
    (tmp_path / "b.yar").write_text(YARA)
    built = build_bundle([], [tmp_path], 1)
    bundle = json.loads(zstd.decompress(built.bundle))
    assert [file["path"] for file in bundle["yara"]] == ["b.yar"]
    assert [(found.kind, found.line) for found in built.problems] == [("encoding", 2)]


def test_the_same_rules_give_the_same_bytes(tmp_path):
    (tmp_path / "a.yml").write_text(rule({"A|contains": ["x", "y"]}), "utf-8")
    assert build_bundle([tmp_path], [], 1) == build_bundle([tmp_path], [], 1)


def test_what_a_lens_finds_is_told_left_out_and_known(tmp_path):
    for name in ("a.yar", "bad.yar", "b.yar"):
        (tmp_path / name).write_text(f"rule {name[0]} {{ condition: filesize > 9 }}")
    looked = []

    def lens(sources):
        looked.append(dict(sources))
        return Seen((("bad.yar", 0, "no"), ("bad.yar", 7, "way")), frozenset({"b.yar"}))

    built = build_bundle([], [tmp_path], 1, lens=lens)
    bundle, sources = (json.loads(zstd.decompress(part)) for part in (built.bundle, built.sources))
    assert [(file["path"], file["content_only"]) for file in bundle["yara"]] == [("a.yar", False), ("b.yar", True)]
    assert set(sources) == {"a.yar", "b.yar"}
    assert [str(found) for found in built.problems] == [
        f"{tmp_path}/bad.yar:1:1: error: does not compile: YARA says 'no' [yara] See the manual of YARA.",
        f"{tmp_path}/bad.yar:7:1: error: does not compile: YARA says 'way' [yara] See the manual of YARA.",
    ]
    assert [set(sources) for sources in looked] == [{"a.yar", "bad.yar", "b.yar"}]
    build_bundle([tmp_path], [], 1, lens=lens)
    assert len(looked) == 1, "nothing to look at, nobody asked"


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="missing"):
        build_bundle([], [tmp_path / "missing"], 1)


def test_a_file_that_runs_on_hosts_for_some_of_its_rules_is_noted(tmp_path):
    path = tmp_path / "both.yar"
    edge, inside = 'rule edge {\n condition: extension == ".sh" }\n', "rule inside {\n condition: filesize > 1 }\n"
    path.write_text(edge + inside)
    (found,) = build_bundle([], [path], 1).problems
    assert (found.severity, found.kind, found.line) == ("info", "mixed", 1)
    assert "1 of 2 rules look at content alone (inside)" in found.message
    for text in (edge, inside, edge + edge.replace("edge", "other")):
        path.write_text(text)
        assert build_bundle([], [path], 1).problems == ()


def test_yara_that_every_file_meets_or_none_is_told(tmp_path):
    text = """rule a { strings: $a = "condition: true" condition: $a }
rule b { condition: true }
private rule helper { condition: true }
rule c { condition:
  false
}
"""
    (tmp_path / "a.yar").write_text(text)
    found = build_bundle([], [tmp_path], 1).problems
    assert [(one.severity, one.kind, one.line, one.column) for one in found] == [
        ("warning", "everything", 2, 21),
        ("warning", "nothing", 5, 3),
    ]
