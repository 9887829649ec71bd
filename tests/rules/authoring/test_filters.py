"""Global filters, by the specification and as pySigma adds them."""

import pytest
import yaml
from sigma.collection import SigmaCollection
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, record, rule
from tests.rules.reference.pysigma import holds
from tests.rules.reference.specification import evaluator

SOURCE = {"product": "windows", "category": "process_creation"}
WHERE = {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": "1"}


def filter_(detection, *, rules, logsource=None, **more):
    """The YAML text of a filter."""
    data = {"title": "Ours", "logsource": logsource or SOURCE, "filter": {"rules": rules, **detection}, **more}
    return yaml.safe_dump(data, sort_keys=False)


NOT_ADM = {"selection": {"User|startswith": "adm_"}, "condition": "not selection"}
FIRST = rule({"CommandLine|contains": "x"}, number=1, logsource=SOURCE)
SECOND = rule({"CommandLine|contains": "x"}, number=2, logsource=SOURCE, name="second")


def met(*texts, user="adm_an"):
    done = compiled(*texts)
    assert not done.errors, done.errors
    fields = {"CommandLine": "x", "User": user}
    return [found.title for found in Judge.load(done.pack).match(record(fields, **WHERE))]


@pytest.mark.parametrize(("rules", "left"), [
    ("any", []),
    ("Any", []),
    ([IDS.format(1)], ["rule 2"]),
    (IDS.format(1), ["rule 2"]),
    (["second"], ["rule 1"]),
    ([IDS.format(1), "second"], []),
])  # fmt: skip
def test_a_filter_is_added_to_what_it_names_wherever_it_stands(rules, left):
    text = filter_(NOT_ADM, rules=rules)
    assert met(FIRST, SECOND, text) == left
    assert met(text, FIRST, SECOND) == left
    assert met(FIRST, SECOND, text, user="an") == ["rule 1", "rule 2"]


def test_its_log_source_must_hold_the_rules():
    for logsource, left in (
        ({"product": "windows"}, []),
        ({"category": "process_creation"}, []),
        ({"product": "linux"}, ["rule 1"]),
        ({"product": "windows", "category": "file_event"}, ["rule 1"]),
        ({**SOURCE, "service": "sysmon"}, ["rule 1"]),
    ):
        assert met(FIRST, filter_(NOT_ADM, rules="any", logsource=logsource)) == left


def test_several_filters_of_one_name_all_count_and_say_why():
    texts = [filter_({"s": {"User": user}, "condition": "not s"}, rules="any") for user in ("an", "ba")]
    assert [met(FIRST, *texts, user=user) for user in ("an", "ba", "chi")] == [[], [], ["rule 1"]]
    done = compiled(FIRST, *texts)
    judge = Judge.load(done.pack)
    event = record({"CommandLine": "x", "User": "ba"}, **WHERE)
    (why,) = judge.why_not(event, judge.rules[IDS.format(1)])
    assert (why.selection, why.field, why.value) == ("Ours: s (2)", "User", "ba")


def test_a_rule_with_a_filter_is_another_version_of_it():
    one, other = (compiled(FIRST, *more) for more in ((), (filter_(NOT_ADM, rules="any"),)))
    digests = [next(iter(Judge.load(done.pack).rules.values())).digest for done in (one, other)]
    assert len(set(digests)) == 2
    assert {len(digest) for digest in digests} == {16}


@pytest.mark.parametrize("condition", ["not selection", "selection", "not 1 of sel*", "not selection and not other"])
def test_it_is_added_as_the_specification_and_pysigma_have_it(condition):
    parts = {"selection": {"User|startswith": "adm_"}, "other": {"Image": "b"}, "condition": condition}
    text = filter_(parts, rules="any")
    plain = evaluator(FIRST, filters=[text])
    collection = SigmaCollection.from_dicts([yaml.safe_load(FIRST), yaml.safe_load(text)], collect_errors=True)
    (only,) = [each for each in collection.rules if each.__class__.__name__ == "SigmaRule"]
    tree = [each.parsed for each in only.detection.parsed_condition]
    done = compiled(FIRST, text)
    judge = Judge.load(done.pack)
    for user in ("adm_an", "an"):
        for image in ("a", "b"):
            event = record({"CommandLine": "x", "User": user, "Image": image}, **WHERE)
            wanted = plain(event.fields)
            assert bool(judge.match(event)) is wanted
            assert any(holds(each, event.fields) for each in tree) is wanted


@pytest.mark.parametrize(("text", "severity", "said"), [
    (filter_({**NOT_ADM, "condition": "selection"}, rules="any"), "warning", "keeps only events that meet"),
    (filter_(NOT_ADM, rules=["third"]), "warning", "there is no rule 'third'"),
    (filter_(NOT_ADM, rules="any", logsource={"product": "linux"}), "warning", "added to no rule"),
    (filter_(NOT_ADM, rules=[]), "error", "names no rules"),
    (filter_(NOT_ADM, rules=[{"a": 1}]), "error", "names no rules"),
    (filter_({"selection": {"Usr": "x"}, "condition": "not selection"}, rules="any"), "warning", "has a field 'Usr'"),
    (filter_({"selection": {"A|no": "x"}, "condition": "not selection"}, rules="any"), "error", "modifier 'no'"),
    (filter_({"selection": {"User": "x"}, "condition": "not other"}, rules="any"), "error", "no selection 'other'"),
    ("title: Ours\nlogsource: {product: windows}\nfilter: x\n", "error", "there is no filter"),
    ("logsource: {product: windows}\nfilter: {rules: any, s: {User: x}, condition: not s}\n", "error", "no title"),
    ("title: Ours\nfilter: {rules: any, s: {User: x}, condition: not s}\n", "error", "no log source"),
])  # fmt: skip
def test_what_is_wrong_with_a_filter_is_told_with_its_place(text, severity, said):
    done = compiled(FIRST, text)
    assert len(done.pack["rules"]) == 1
    assert any(found.severity == severity and said in found.message for found in done.problems), done.problems
    assert all(found.path.endswith("00001.yml") and found.line > 0 for found in done.problems)
