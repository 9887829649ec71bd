import copy
import json

from tramgac_collector.workshop import desk

from tests.collector.workshop.conftest import CORRELATION, GOOD, YARA, exported, start


def said(folder):
    return [(problem.severity, problem.message) for problem in desk.tried([folder.path]).problems]


def test_good_samples(folder):
    folder.rule(samples=GOOD)
    folder.rule(number=2, what="other", title="Other")
    done = desk.tried([folder.path])
    assert (done.files, done.samples, done.failed, [file.name for file in done.bare]) == (1, 3, 0, ["rule2.yml"])


def test_a_sample_that_does_not_fire_is_told_with_the_reason(folder):
    folder.rule(samples={**GOOD, "fires": [start("sh -c evil"), start("sh -c good"), start("evil", image="/bin/x")]})
    assert said(folder) == [
        ("error", "sample 2 of those that fire does not meet the rule: CommandLine is 'sh -c good', and not *evil*"),
        ("error", "sample 3 of those that fire does not meet the rule: Image is '/bin/x', and not */sh, */bash"),
    ]


def test_a_sample_of_another_log_source_is_told(folder):
    folder.rule(samples={"fires": [{"fileDelete": {"path": "/x"}}], "near_misses": [{"event": start("x")}]})
    assert said(folder)[0][1].endswith("the event is of another log source")


def test_a_near_miss_that_fires_is_told(folder):
    near = [{"because": "harmless", "field": "processStart.process.commandLine", "value": "sh -c evil 2"}]
    folder.rule(samples={**GOOD, "near_misses": near})
    assert said(folder) == [("error", "near miss 1 (harmless) meets the rule")]


def test_samples_in_other_forms_and_without_near_misses(folder):
    folder.rule(samples={"fires": [exported("sh -c evil")]})
    assert said(folder) == [("warning", "the rule has no near miss")]


def test_samples_that_are_none(folder):
    folder.rule(samples={"fires": [{"nothing": 1}], "near_misses": []})
    folder.rule(number=2, samples={"fires": [{"processStart": {"process": {"pid": "x"}}}]})
    assert [message[:35] for severity, message in said(folder) if severity == "error"] == [
        "no event of a known form: EventID a", "process.pid is to be a whole number",
    ]  # fmt: skip


def test_what_is_told_of_a_sample_stands_where_the_sample_does(folder):
    path = folder.rule(samples=GOOD)
    near = {"because": "it is not", "event": start("sh -c evil")}
    lines = [json.dumps(start("sh -c good")), json.dumps(start("sh -c evil"))]
    text = f'{{"fires": [{lines[0]},\n  {lines[1]}],\n"near_misses": [\n {json.dumps(near)}]}}'
    path.with_name("rule1.samples.json").write_text(text)
    found = desk.tried([folder.path]).problems
    assert [(one.line, one.column, one.message[:11], one.advice[:8]) for one in found] == [
        (1, 12, "sample 1 of", "Mend the"), (4, 2, "near miss 1", "Narrow i"),
    ]  # fmt: skip


def test_samples_of_which_none_is_to_fire_are_an_error(folder):
    folder.rule(samples={"fires": [], "near_misses": []})
    done = desk.tried([folder.path])
    assert (done.failed, done.files, done.bare) == (1, 0, [])
    assert said(folder) == [("error", "no sample is to fire: nothing shows that the rule works")]


def test_a_correlation_is_tried_on_sequences(folder):
    path = folder.path / "many.yml"
    path.write_text(CORRELATION)
    step = {"at": 0, "times": 3, "every": 10, "event": start("id", image="/usr/bin/id")}
    good = {"fires": [[step]], "near_misses": [{"because": "slower", "step": 0, "every": 40}]}
    folder.beside(path, good)
    assert said(folder) == []
    folder.beside(path, {**good, "fires": [[{**step, "times": 2}]]})
    assert said(folder)[0][0] == "error"


def test_yara_that_does_not_compile_is_told_with_its_place_and_the_others_are_tried(folder):
    for name, text in (("bad", "rule bad {\n  condition: nothing }"), ("good", YARA)):
        path = folder.path / f"{name}.yar"
        path.write_text(text)
        folder.beside(path, {"fires": [{"text": "BAD", "path": "/x.sh"}], "near_misses": [{"text": "good"}]})
    done = desk.tried([folder.path])
    assert (done.samples, done.problems) == (2, [])
    assert [(one.line, one.column, str(one.message)) for one in done.broken] == [
        (2, 14, "does not compile: the name nothing is unknown"),
    ]  # fmt: skip


def test_yara_is_tried_on_contents(folder):
    path = folder.path / "bad.yar"
    path.write_text(YARA)
    good = {
        "fires": [{"text": "so BAD", "path": "/tmp/x.sh"}],
        "near_misses": [{"because": "elsewhere", "text": "so BAD", "path": "/tmp/x"}, {"text": "good", "path": "x.sh"}],
    }
    folder.beside(path, good)
    assert said(folder) == []
    bad = copy.deepcopy(good)
    bad["near_misses"][0]["path"] = "/x.sh"
    bad["fires"].append({"base64": "AAAA"})
    folder.beside(path, bad)
    assert [message for _, message in said(folder)] == [
        "sample 2 of those that fire does not meet the rule",
        "near miss 1 (elsewhere) meets the rule",
    ]
    folder.beside(path, {"fires": [{"base64": "?"}]})
    assert said(folder)[0] == ("error", "`base64` holds what is no base64")
