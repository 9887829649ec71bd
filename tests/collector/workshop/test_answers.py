from tramgac_collector.workshop.answers import OfRecord, all_failed
from tramgac_rules.authoring.texts import Text
from tramgac_rules.explain import Condition

HELD = Condition("sel", "CommandLine", "sh evil", "*evil*", ((3, 7),))
FILTER = Condition("filter", "User", "an", "root", negated=True)
ABSENT = Condition("sel", "Hashes", "", "*a*", negated=True)
TAKEN = Condition("filter", "ParentImage", "/bin/cron", "*/cron", ((4, 9),))


def test_people_hear_what_held_without_filters_and_programs_all():
    answer = OfRecord("r", 3, met=True, why=(HELD, FILTER))
    assert list(answer.lines(str)) == ["sel: CommandLine = 'sh evil': *evil* [3-7]"]
    assert answer.row(str) == {
        "rule": "r",
        "index": 3,
        "met": True,
        "why": [
            {
                "selection": "sel",
                "field": "CommandLine",
                "value": "sh evil",
                "pattern": "*evil*",
                "spans": [[3, 7]],
                "negated": False,
            },
            {"selection": "filter", "field": "User", "value": "an", "pattern": "root", "spans": [], "negated": True},
        ],
        "problem": None,
    }


def test_what_failed_is_one_sentence_in_both_languages():
    told = all_failed((FILTER, ABSENT, TAKEN))
    assert told == "User is 'an', and not root; there is no Hashes; the filter on ParentImage took it: */cron"
    assert told.vi.startswith("User là 'an', không phải root; không có Hashes")
    assert list(OfRecord("r", 0, why=(ABSENT,)).lines(str)) == ["there is no Hashes"]


def test_a_record_that_could_not_be_asked_has_its_reason():
    answer = OfRecord("r", 0, problem=("unreadable", Text("not JSON", "không phải JSON")))
    assert list(answer.lines(lambda text: text.vi)) == ["không phải JSON"]
    assert answer.row(str)["problem"] == {"kind": "unreadable", "message": "not JSON"}
    assert answer.records is None
