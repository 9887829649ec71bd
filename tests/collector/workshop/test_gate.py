import pytest
from tramgac_collector.workshop import desk
from tramgac_collector.workshop.desk import Asked

from tests.collector.workshop.conftest import CORRELATION, GOOD, exported

ID = "00000000-0000-4000-8000-000000000001"


def passed(folder, **asked):
    problems, counts = desk.passed([folder.path], Asked(**asked))
    return [(problem.severity, problem.kind, problem.message) for problem in problems], counts


def test_rules_that_look_for_the_same_are_told_whatever_they_are_called(folder):
    first = folder.rule()
    second = folder.rule(number=2, title="The same")
    text = second.read_text().replace("[/sh, /bash]", "[/bash, /sh]").replace("wanted", "selection")
    second.write_text(text)
    folder.rule(number=3, what="other", title="Other")
    ((severity, kind, message),) = passed(folder)[0]
    assert (severity, kind) == ("warning", "twin")
    assert "'Evil'" in message
    assert str(first) in message


@pytest.mark.parametrize(("was", "instead"), [
    ("[/sh, /bash]", "[/sh]"),
    ("[/sh, /bash]", "[/sh, /bash, /zsh]"),
    ("endswith: /cron", "endswith: /at"),
    ("not filter_usual", "filter_usual"),
    ("wanted and not filter_usual", "wanted or not filter_usual"),
    ("category: process_creation", "category: file_event"),
    ("|contains: evil", "|contains|cased: evil"),
])  # fmt: skip
def test_rules_that_differ_in_one_part_are_no_twins(folder, was, instead):
    folder.rule()
    second = folder.rule(number=2)
    text = second.read_text()
    assert was in text
    second.write_text(text.replace(was, instead))
    assert "twin" not in [kind for _, kind, _ in passed(folder)[0]]


def test_parts_of_correlations_may_look_for_the_same(folder):
    for number in (1, 2):
        text = CORRELATION.replace("00000000-", f"0000000{number}-").replace("each", f"each{number}")
        (folder.path / f"many{number}.yml").write_text(text)
    assert passed(folder) == ([], {})


def test_a_rule_that_meets_harmless_events_is_told(folder):
    folder.rule()
    folder.rule(number=2, what="quiet", level="low", title="Low")
    folder.rule(number=3, what="never", title="Never")
    events = folder.events(exported("sh evil"), exported("sh quiet"), exported("ls"), exported("sh evil again"))
    found, counts = passed(folder, events=[events])
    assert counts == {"events": 4}
    assert found == [
        ("error", "benign", f"the rule meets 2 of 4 harmless events, first {events}, record 0"),
        ("warning", "benign", f"the rule meets 1 of 4 harmless events, first {events}, record 1"),
    ]


def test_harmless_events_that_cannot_be_read_are_told(folder):
    folder.rule()
    events = folder.events({"x": 1}, exported("ls"))
    ((severity, kind, message),), counts = passed(folder, events=[events])
    assert (severity, kind, counts) == ("warning", "events", {"events": 1})
    assert message.startswith("records that cannot be read: 1, first 0: no event of a known form")
    found, counts = passed(folder, events=[folder.events({"x": 1})])
    assert [severity for severity, _, _ in found] == ["warning", "error"]
    assert counts == {"events": 0}


def test_a_correlation_that_fires_on_harmless_events_is_told(folder):
    (folder.path / "many.yml").write_text(CORRELATION)
    one = {**exported("id", image="/usr/bin/id"), "user.name": "an"}
    events = folder.events(exported("ls"), one, one, one)
    ((severity, kind, message),) = passed(folder, events=[events])[0]
    assert (severity, kind) == ("error", "benign")
    assert message == f"the rule meets 1 of 4 harmless events, first {events}, record 1"
    assert passed(folder, events=[folder.events(one, one)])[0] == []


def test_a_rule_under_watch_may_meet_harmless_events(folder):
    path = folder.rule()
    path.write_text(path.read_text().replace("status: test", "status: experimental"))
    found, _ = passed(folder, events=[folder.events(exported("sh evil"))])
    assert [severity for severity, _, _ in found] == ["warning"]


def test_a_rule_that_costs_too_much_is_told(folder):
    folder.rule()
    events = folder.events(*(exported(f"sh evil {number}") for number in range(200)))
    found, _ = passed(folder, events=[events], most=0.000001)
    assert ("error", "cost") in [(severity, kind) for severity, kind, _ in found]
    found, _ = passed(folder, events=[events], most=1e9)
    assert "cost" not in [kind for _, kind, _ in found]


def alert(number, verdict, *lines):
    events = [{"id": {}, "kind": "process_start", "time": "2026-11-29T10:00:00Z", "fields": line} for line in lines]
    return {"id": number, "rule": {"id": ID}, "verdict": verdict, "events": events}


def fields(command_line):
    told = exported(command_line)
    return {name: value for name, value in told.items() if name.startswith("process.")}


UNJUDGED = "true positives that could not be judged, having no copies of their events: "


def test_true_positives_of_which_none_could_be_judged_are_an_error(folder):
    folder.rule()
    bare = [alert(number, "true_positive") for number in ("a1", "a2")]
    path = folder.events(*bare, alert("a3", "benign"), name="alerts.jsonl")
    found, counts = passed(folder, verdicts=path)
    assert counts == {"verdicts": 0, "verdicts_skipped": 3}
    assert found == [("error", "verdict", f"{UNJUDGED}2, first alert a1")]
    path = folder.events(*bare, alert("a4", "benign", fields("sh good")), name="alerts.jsonl")
    assert [severity for severity, _, _ in passed(folder, verdicts=path)[0]] == ["warning"]


def test_verdicts_of_before_bind(folder):
    folder.rule()
    path = folder.events(
        alert("a1", "true_positive", fields("sh evil")),
        alert("a2", "true_positive", fields("sh wicked")),
        alert("a3", "false_positive", fields("sh evil")),
        alert("a4", "false_positive", fields("sh evil")),
        alert("a5", "benign", fields("sh good")),
        alert("a6", "true_positive"),
        alert("a7", "", fields("sh evil")),
        {**alert("a8", "true_positive", fields("sh evil")), "rule": {"id": "another", "title": "Gone"}},
        {**alert("a9", "true_positive"), "rule": {"id": "another", "title": "Gone"}},
        {**alert("b1", "false_positive", fields("sh evil")), "rule": {"id": "noisy", "title": "Noisy"}},
        {**alert("b2", "true_positive", fields("sh evil")), "rule": {"id": "yara:1", "title": "Of files"}},
        name="alerts.jsonl",
    )
    found, counts = passed(folder, verdicts=path)
    assert counts == {"verdicts": 5, "verdicts_skipped": 6}
    assert found == [
        ("error", "verdict", "a true positive of before is no longer met: alert a2"),
        ("warning", "verdict", f"{UNJUDGED}1, first alert a6"),
        ("warning", "verdict", "still met: alerts that were judged false_positive, 2 of them, first a3"),
        (
            "warning",
            "verdict",
            "a rule that made true positives (2) is not among these: 'Gone' (another), first alert a8",
        ),
    ]


@pytest.mark.parametrize("line", ['{"what": 1}', "{", "5", "[]", "null", '{"id": 1, "rule": 5}', "\udcff", "[" * 9_999])
def test_a_line_that_is_no_alert_is_an_error(folder, line):
    folder.rule()
    path = folder.path.parent / "alerts.jsonl"
    path.write_text(f"\n{line}\n", "utf-8", "surrogateescape")
    (problem,), _ = desk.passed([folder.path], Asked(verdicts=path))
    assert (problem.path, problem.line, problem.severity) == (str(path), 2, "error")
    assert problem.message == "this line is no decided alert"


def test_some_lines_that_are_none_are_told_and_the_others_counted(folder):
    folder.rule()
    path = folder.path.parent / "alerts.jsonl"
    path.write_text("x\n" * 50)
    found = passed(folder, verdicts=path)[0]
    assert len(found) == 21
    assert found[-1][2] == "further lines that are none: 30; the first is here"


def test_samples_are_asked_for(folder):
    folder.rule(samples=GOOD)
    folder.rule(number=2, what="other", title="Other")
    found, counts = passed(folder, samples=True)
    assert counts == {"samples": 3, "without_samples": 1}
    assert found == [("error", "no-samples", "the rule has no samples beside it")]
