from tramgac_scan import child


def test_sources_are_compiled_each_in_a_namespace_of_its_own():
    same = "rule same { condition: true }"
    rules, problems, content_only = child.compile_sources([["a.yar", same], ["b.yar", same]])
    assert problems == []
    assert content_only == ["a.yar", "b.yar"]
    assert [hit["path"] for hit in child.hits_of(rules.match(data=b""))] == ["a.yar", "b.yar"]


def test_line_is_taken_out_of_what_yara_says():
    _, problems, _ = child.compile_sources([["a.yar", "rule a {\n condition: x }"]])
    assert problems == [["a.yar", 2, 'undefined identifier "x"']]


def test_a_path_dependent_source_does_not_compile_alone():
    assert not child.compiles_alone('rule r { condition: filepath contains "/tmp" }')
    assert child.compiles_alone("rule r { condition: filesize > 3 }")


def test_instances_are_capped():
    rules, _, _ = child.compile_sources([["a.yar", 'rule a { strings: $a = "a" condition: $a }']])
    (hit,) = child.hits_of(rules.match(data=b"a" * 1000))
    assert len(hit["strings"]) == child.MAX_STRINGS
