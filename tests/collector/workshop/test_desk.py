from tramgac_collector.workshop import desk

from tests.collector.workshop.conftest import CORRELATION, YARA, exported


def test_a_rule_is_told_in_words(folder):
    (one,) = desk.explained(folder.rule()).told
    assert list(one.lines(str))[1:] == [
        "Looks at: process events of our agents",
        "  all of:",
        "    wanted: all of:",
        "      Image ends with one of '/sh', '/bash'",
        "      CommandLine contains 'evil'",
        "    not:",
        "      filter_usual: ParentImage ends with '/cron'",
    ]
    assert one.row(str)["looks_at"] == "Looks at: process events of our agents"


def test_a_text_of_a_rule_is_told_too(folder):
    (one,) = desk.explained(folder.rule().read_text()).told
    assert one.rule.title == "Evil"
    assert not desk.explained("title: no rule").told


def test_what_left_a_rule_out_is_there_with_its_place(folder):
    path = folder.rule()
    path.write_text(path.read_text() + "---\ntitle: Broken\nlogsource: {product: linux}\ndetection: {condition: x}\n")
    found = desk.explained(path)
    assert [one.rule.title for one in found.told] == ["Evil"]
    assert [(one.path, one.line, one.kind) for one in found.errors] == [(str(path), 14, "selection")]
    assert [one.path for one in desk.explained(path.read_text(), "an id").errors] == ["an id"]
    assert [one.kind for one in desk.tried([folder.path]).broken] == ["selection"]


def test_events_are_judged_with_the_reason(folder):
    (one,) = desk.explained(folder.rule()).told
    path = folder.events(exported("sh evil"), exported("sh good"), exported("sh evil", parent="/bin/cron"), {"x": 1})
    told = [(one.index, one.met, list(one.lines(str))) for one in one.answers(desk.records(path))]
    assert [(index, met) for index, met, _ in told] == [(0, True), (1, False), (2, False), (3, False)]
    assert told[0][2] == ["wanted: Image = '/bin/sh': */sh [4-7]", "wanted: CommandLine = 'sh evil': *evil* [3-7]"]
    assert told[1][2] == ["CommandLine is 'sh good', and not *evil*"]
    assert told[2][2] == ["the filter on ParentImage took it: */cron"]
    assert "no event of a known form" in told[3][2][0]
    many = folder.events(*(exported(f"sh {number}") for number in range(desk.SHOWN + 3)))
    assert len(list(one.answers(desk.records(many)))) == desk.SHOWN


def test_programs_are_told_conditions_as_alerts_have_them(folder):
    (one,) = desk.explained(folder.rule()).told
    path = folder.events(exported("sh evil"), exported("sh good"), exported("sh evil", parent="/bin/cron"), {"x": 1})
    met, failed, filtered, unread = (answer.row(str) for answer in one.answers(desk.records(path)))
    assert met["problem"] is failed["problem"] is filtered["problem"] is None
    assert met["why"][1] == {
        "selection": "wanted",
        "field": "CommandLine",
        "value": "sh evil",
        "pattern": "*evil*",
        "spans": [[3, 7]],
        "negated": False,
    }
    assert [condition["negated"] for condition in met["why"]] == [False, False, True]
    assert [(each["field"], each["pattern"], each["negated"]) for each in failed["why"]] == [
        ("CommandLine", "*evil*", True)
    ]
    assert [(each["field"], each["spans"], each["negated"]) for each in filtered["why"]] == [
        ("ParentImage", [[4, 9]], False)
    ]
    assert (unread["met"], unread["why"], unread["problem"]["kind"]) == (False, [], "unreadable")
    (other,) = one.answers(desk.records(folder.events({"EventID": 1, "Channel": "Security"})))
    assert other.row(str)["problem"] == {"kind": "other_source", "message": "the event is of another log source"}


def test_rules_are_seen_as_coverage_sees_them(folder):
    folder.rule()
    path = folder.rule(number=2, what="x")
    path.write_text(path.read_text().replace("status: test", "status: experimental"))
    (folder.path / "many.yml").write_text(CORRELATION)
    (folder.path / "bad.yar").write_text(YARA)
    found = {one.id: one for one in desk.coverings([folder.path])}
    assert {number[-2:]: (one.state, set(one.needs)) for number, one in found.items()} == {
        "01": ("alert", {"process"}),
        "02": ("watch", {"process"}),
        "90": ("alert", {"process"}),
        ":1": ("alert", {"process", "file"}),
    }
    assert found["yara:1"].tags == ["attack.t1105"]
    assert {one.needs for one in desk.coverings([folder.rule()], "windows")} == {frozenset()}


def test_rules_are_measured(folder):
    folder.rule()
    events = folder.events(*(exported(f"sh {'evil' * (number % 2)} {number}") for number in range(300)))
    done = desk.measured([folder.path], [events])
    (cost,) = done.costs
    assert (done.events, cost.hits) == (300, 150)
    assert done.each > 0
    assert desk.measured([folder.path], [folder.events()]).each == 0
