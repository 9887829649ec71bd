import copy

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
    assert all("cannot be used" in message for _, message in said(folder))
    assert len(said(folder)) == 2


def test_a_correlation_is_tried_on_sequences(folder):
    path = folder.path / "many.yml"
    path.write_text(CORRELATION)
    step = {"at": 0, "times": 3, "every": 10, "event": start("id", image="/usr/bin/id")}
    good = {"fires": [[step]], "near_misses": [{"because": "slower", "step": 0, "every": 40}]}
    folder.beside(path, good)
    assert said(folder) == []
    folder.beside(path, {**good, "fires": [[{**step, "times": 2}]]})
    assert said(folder)[0][0] == "error"


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
    assert "cannot be used" in said(folder)[0][1]
