import json
from pathlib import Path

import pytest
from tramgac_rules.about import MAX_STEPS, MAX_TEXT
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, rule


def kinds(*texts):
    return [(found.severity, found.kind) for found in compiled(*texts).problems]


def titles(*texts):
    return [entry["title"] for entry in compiled(*texts).pack["rules"]]


def test_good_rules_load_beside_bad_ones():
    texts = (rule({"A": "x"}), "title: [", rule({"A|nonsense": "x"}, number=2), rule({"A": "y"}, number=3))
    assert titles(*texts) == ["rule 1", "rule 3"]
    assert kinds(*texts) == [("error", "yaml"), ("error", "modifier")]


def test_several_documents_in_one_file():
    assert titles(rule({"A": "x"}) + "---\n" + rule({"A": "y"}, number=2)) == ["rule 1", "rule 2"]


def test_an_id_twice_is_told_and_the_first_counts():
    assert titles(rule({"A": "x"}), rule({"A": "y"}, title="other")) == ["rule 1"]
    assert kinds(rule({"A": "x"}), rule({"A": "y"})) == [("error", "duplicate")]


def test_what_is_missing_is_told():
    text = "detection:\n  s: {A: x}\n  condition: s\n"
    assert kinds(text) == [("error", "logsource"), ("error", "title"), ("warning", "id"), ("warning", "level")]
    text = "title: x\nlogsource: {product: windows}\n" + text
    assert kinds(text) == [("warning", "id"), ("warning", "level")]
    (entry,) = compiled(text).pack["rules"]
    assert entry["level"] == "medium"
    assert compiled(text).pack["rules"][0]["id"] == entry["id"]  # made from the rule itself, the same each time
    assert kinds(rule({"A": "x"}, id="7")) == [("warning", "id")]


@pytest.mark.parametrize(("key", "word", "advice"), [
    ("level", "hgih", "Did you mean 'high'? One of informational, low, medium, high, critical."),
    ("level", 7, "One of informational, low, medium, high, critical."),
    ("status", "experimentall",
     "Did you mean 'experimental'? One of stable, test, experimental, deprecated, unsupported."),
])  # fmt: skip
def test_an_unknown_level_or_status_leaves_the_rule_out(key, word, advice):
    done = compiled(rule({"A": "x"}, **{key: word}), rule({"A": "x"}, number=2))
    assert [entry["title"] for entry in done.pack["rules"]] == ["rule 2"]
    (found,) = done.problems
    assert (found.severity, found.kind, found.message, found.advice) == ("error", key, f"{word!r} is no {key}", advice)
    assert found.line > 1


def test_the_case_of_level_and_status_does_not_count():
    (entry,) = compiled(rule({"A": "x"}, level="High", status="Stable")).pack["rules"]
    assert (entry["level"], entry["status"]) == ("high", "stable")


@pytest.mark.parametrize(("source", "advice"), [
    ({"product": "aws", "service": "cloudtrail"}, ""),
    ({"product": "macos", "category": "process_creation"}, ""),
    ({"product": "linux", "service": "auditd"}, ""),
    ({"product": "wimdows", "category": "process_creation"}, "Did you mean 'windows'?"),
    ({"product": "linux", "category": "proces_creation"}, "Did you mean 'process_creation'?"),
    ({"product": "windows", "service": "securiti"}, "Did you mean 'security'?"),
])  # fmt: skip
def test_a_log_source_that_nothing_has_is_a_warning(source, advice):
    done = compiled(rule({"A": "x"}, logsource=source))
    (found,) = done.problems
    assert (found.severity, found.kind, found.advice) == ("warning", "logsource", advice)
    assert "never matches" in found.message
    assert len(done.pack["rules"]) == 1


def test_a_field_that_nothing_has_is_a_warning_at_its_place_and_the_rule_loads():
    done = compiled(rule({"CommandLyne|contains": "x"}, logsource={"product": "linux", "category": "process_creation"}))
    (found,) = done.problems
    assert (found.severity, found.kind, found.line, found.column) == ("warning", "field", 8, 5)
    assert found.advice == "Did you mean 'CommandLine'?"
    assert len(done.pack["rules"]) == 1


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_a_file_without_a_rule_is_told(text):
    assert kinds(text, rule({"A": "x"})) == [("warning", "empty")]


CORRELATION = """title: many
id: {id}
correlation: {{type: event_count, rules: [{of}], group-by: [User], timespan: 5m, condition: {{gte: 3}}}}
"""


def test_correlations_are_compiled_and_old_collections_are_told():
    correlation = CORRELATION.format(id=IDS.format(2), of=IDS.format(1))
    done = compiled(rule({"A": "x"}), correlation, "action: global\n")
    assert [(found.severity, found.kind) for found in done.problems] == [("error", "action")]
    (entry,) = done.pack["correlations"]
    assert (entry["title"], entry["rules"]) == ("many", [IDS.format(1)])
    assert done.about["about"][IDS.format(2)] == {"path": "00001.yml"}
    assert list(Judge.load(done.pack).rules) == [IDS.format(1)]


def test_what_is_wrong_with_a_correlation_is_told_and_it_is_left_out():
    correlation = CORRELATION.format(id=IDS.format(1), of=IDS.format(1))
    assert kinds(rule({"A": "x"}), correlation) == [("error", "duplicate")]
    assert kinds(rule({"A": "x"}), correlation.replace("title: many\n", "").replace("0001\n", "0009\n")) == [
        ("error", "title")
    ]
    assert kinds(rule({"A": "x"}), correlation.replace("0001\n", "0009\nlevel: grave\n")) == [("error", "level")]
    assert kinds(rule({"A": "x"}), correlation.replace("0001\n", "0009\nstatus: steady\n")) == [("error", "status")]
    assert compiled(rule({"A": "x"}), correlation.replace("timespan: 5m", "timespan: 5")).pack["correlations"] == []


def test_paths(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below/b.YAML").write_text(rule({"A": "x"}), "utf-8")
    (tmp_path / "a.yml").write_text("\ufeff" + rule({"A": "x"}, number=2), "utf-8")
    (tmp_path / "notes.txt").write_text("[", "utf-8")
    done = compile_rules([tmp_path])
    assert not done.problems
    assert [entry["path"] for entry in done.about["about"].values()] == ["a.yml", "below/b.YAML"]
    with pytest.raises(OSError, match="missing"):
        compile_rules([tmp_path / "missing.yml"])


def test_nothing_of_the_author_s_machine_is_recorded_and_problems_keep_the_path_as_given(tmp_path):
    (tmp_path / "a.yml").write_text(rule({"A": "x"}), "utf-8")
    (tmp_path / "b.yml").write_text(rule({"A": "y"}), "utf-8")
    for paths in ([tmp_path], [tmp_path / "a.yml", tmp_path / "b.yml"]):
        done = compile_rules(paths)
        assert str(tmp_path) not in json.dumps([done.pack, done.about])
        (found,) = done.problems
        assert found.path == str(tmp_path / "b.yml")
        assert str(tmp_path / "a.yml") in found.message


def test_what_would_not_load_is_told_and_left_out():
    long = "x" * (MAX_TEXT + 1)
    assert kinds(rule({"A": "x"}, description_vi=long), rule({"A": "x"}, number=2, triage=["x"] * (MAX_STEPS + 1))) == [
        ("error", "size"),
        ("error", "size"),
    ]
    assert kinds(rule({"A": "x"}, description_vi="x" * MAX_TEXT, triage=["x"] * MAX_STEPS)) == []


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "x.yml").write_bytes(b"title: x\ndescription: \xff\n")
    (found,) = compile_rules([tmp_path]).problems
    assert (found.kind, found.line, found.column) == ("encoding", 2, 14)


@pytest.mark.data
def test_all_public_rules_compile_but_the_two_with_placeholders(data_folder):
    done = compile_rules(
        [data_folder / "sigma" / name for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
    )
    assert {(Path(found.path).name, str(found.message)) for found in done.errors} == {
        (f"win_security_adcs_certighost_{name}.yml", "the placeholder %known_cdcs% has no values")
        for name in ("cdc_chase_request", "cert_issued_via_chase")
    }
    assert {found.kind for found in done.problems} == {"expand", "logsource", "field", "everything"}
    assert [Path(found.path).name for found in done.of_kind("everything")] == ["zeek_rdp_public_listener.yml"]
    strange = [found for found in done.of_kind("field") if found.severity == "warning"]
    assert len(strange) < 40
    assert {found.message.split("'")[1] for found in strange} == {
        "CommandLine", "DestinationHostname", "IntegrityLevel", "ParentCommandLine", "ParentImage",
        "SourceCommandLine", "SourceParentImage", "TargetParentProcessId",
    }  # fmt: skip
    judge = Judge.load(done.pack)
    windows = [
        rule
        for rule in judge.rules.values()
        if "windows" in rule.logsource.product or rule.logsource.category == "antivirus"
    ]
    assert len(windows) == 2_865
    assert len(judge.rules) == 3_752


@pytest.mark.parametrize("text", [
    "a: [1\n",
    "- x\n",
    "title: x\na: &a [*a]\n",
    rule({"A": "x"}, triage=["step"] * (MAX_STEPS + 1)),
    rule({"A": "x"}, description="x" * 100_000),
    *(rule({"s": {"A": "x"}, "condition": one}) for one in ("", "(s", "s)", "2 of s", "S", [{}], "(" * 99, "s |")),
    *(rule({key: "x*"}) for key in ("A|base64", "A|contains|re", "A|cidr", "A|gt", "A|exists", "A|foo", "A|fieldref")),
])  # fmt: skip
def test_every_error_says_how_to_mend_it_in_both_languages(text):
    errors = compiled(text).errors
    assert errors
    assert [found for found in errors if not found.advice or found.advice.vi == found.advice] == []
    assert [found for found in errors if found.message.vi == found.message] == []
