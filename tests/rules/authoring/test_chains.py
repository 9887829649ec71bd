import random

from tramgac_rules.authoring import compile_rules
from tramgac_rules.correlation.pack import load
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, rule


def correlation(name, rules, *, number, kind="event_count", group_by="User", **more):
    more = {"condition": "{gte: 2}", **more}
    lines = "".join(f"  {key}: {value}\n" for key, value in more.items())
    return (
        f"title: {name}\nname: {name}\nid: {IDS.format(number)}\ncorrelation:\n  type: {kind}\n  rules: {rules}\n"
        f"  group-by: [{group_by}]\n  timespan: 10m\n{lines}"
    )


BASE = rule({"A": "x"}, name="base", level="high"), rule({"A": "y"}, number=2, name="other", level="low")


def told(*texts):
    return [(found.kind, found.line, found.message) for found in compiled(*texts).problems]


def titles(*texts):
    return [entry["title"] for entry in compiled(*texts).pack["correlations"]]


def test_rules_are_referred_to_by_id_or_name():
    text = correlation("c", f"[base, {IDS.format(2)}]", number=3)
    done = compiled(*BASE, text)
    assert done.problems == ()
    (entry,) = done.pack["correlations"]
    assert entry["rules"] == [IDS.format(1), IDS.format(2)]
    assert entry["level"] == "high", "that of the highest rule, where the author gives none"
    assert done.about["about"][entry["id"]]["path"] == "00002.yml"
    correlations = load(done.pack, Judge.load(done.pack).rules)
    assert correlations.quiet == {IDS.format(1), IDS.format(2)}


def test_a_level_of_its_own_counts():
    done = compiled(*BASE, correlation("c", "[base]", number=3) + "level: critical\n")
    assert [entry["level"] for entry in done.pack["correlations"]] == ["critical"]


def test_each_stands_after_what_it_refers_to_whatever_the_files_order():
    texts = [
        correlation("first", "[base]", number=3),
        correlation("second", "[first, other]", number=4, kind="temporal"),
        correlation("third", "[second]", number=5),
    ]
    for seed in range(4):
        shuffled = [*BASE, *texts]
        random.Random(seed).shuffle(shuffled)
        assert titles(*shuffled) == ["first", "second", "third"]


def test_what_is_not_there_is_told_with_its_place():
    assert told(*BASE, correlation("c", "[base, nobody]", number=3)) == [("reference", 6, "there is no rule 'nobody'")]


def test_a_rule_that_is_faulty_itself_cannot_be_referred_to():
    faulty = rule({"A|nonsense": "x"}, number=9, name="faulty")
    found = told(*BASE, faulty, correlation("c", "[faulty]", number=3), correlation("d", "[c]", number=4))
    assert ("reference", 6, "the rule 'faulty' cannot be used itself") in found
    assert ("reference", 6, "the correlation 'c' cannot be used itself") in found
    assert titles(*BASE, faulty, correlation("c", "[faulty]", number=3)) == []


def test_a_field_that_no_event_of_a_rule_has_is_a_warning():
    source = {"product": "windows", "category": "process_creation"}
    base = rule({"Image|endswith": "x.exe"}, name="base", logsource=source)
    many = correlation("c", "[base]", number=3, kind="value_count", condition="{gte: 2, field: Imagee}")
    done = compiled(base, many.replace("[User]", "[User, Computer, host]"))
    (found,) = done.problems
    assert (found.severity, found.kind, found.line) == ("warning", "field", 6)
    assert "windows, process_creation has a field 'Imagee'" in found.message
    assert found.advice == "Did you mean 'Image'?"
    assert len(done.pack["correlations"]) == 1, "a warning leaves nothing out"
    aliased = many + "  aliases: {Imagee: {base: Image}}\n"
    assert compiled(base, aliased).problems == ()


def test_a_name_that_several_have_is_told():
    twice = rule({"A": "z"}, number=9, name="base")
    assert told(*BASE, twice, correlation("c", "[base]", number=3)) == [
        ("reference", 6, "several rules are named 'base'")
    ]
    assert told(*BASE, twice, correlation("c", f"[{IDS.format(9)}]", number=3)) == []


def test_cycles_are_told_at_each_member_and_the_rest_loads():
    texts = [
        correlation("a", "[b]", number=3),
        correlation("b", "[c, base]", number=4),
        correlation("c", "[a]", number=5),
        correlation("self", "[self]", number=6),
        correlation("outside", "[a]", number=7),
        correlation("good", "[base]", number=8),
    ]
    done = compiled(*BASE, *texts)
    assert [entry["title"] for entry in done.pack["correlations"]] == ["good"]
    cycles = [found.message for found in done.problems if "refer to each other" in found.message]
    assert len(cycles) == 4
    assert any("self ← self" in message for message in cycles)
    assert sum("cannot be used itself" in found.message for found in done.problems) == 1


def test_a_fired_correlation_carries_its_group_by_and_nothing_else():
    first = correlation("first", "[base]", number=3, group_by="Source")
    second = correlation("second", "[first, other]", number=4, kind="temporal")
    assert told(*BASE, first, second) == [
        ("reference", 6, "'first' does not group by 'User': it carries Source"),
    ]
    aliased = correlation("second", "[first, other]", number=4, kind="temporal", aliases="{User: {first: Source}}")
    done = compiled(*BASE, first, aliased)
    assert done.problems == ()
    assert done.pack["correlations"][1]["fields"] == [["Source"], ["User"]]


def test_what_is_written_loads():
    texts = [
        correlation("count", "[base]", number=3),
        correlation("values", "[base]", number=4, kind="value_count", condition="{lt: 5, field: [A, B]}"),
        correlation("words", "[base, other]", number=5, kind="temporal", condition="base and not other"),
        correlation("order", "[count, other]", number=6, kind="temporal_ordered", condition="count AND other"),
        correlation("share", "[base]", number=7, kind="value_percentile", condition="{gt: 5, field: A, percentile: 9}"),
    ]
    done = compiled(*BASE, *texts)
    assert done.problems == ()
    correlations = load(done.pack, Judge.load(done.pack).rules)
    assert {each.rule.title: (each.type, each.closing) for each in correlations.all} == {
        "count": ("event_count", False),
        "values": ("value_count", True),
        "words": ("temporal", True),
        "order": ("temporal_ordered", False),
        "share": ("value_percentile", True),
    }


def test_the_compiled_form_is_the_same_each_time(tmp_path):
    for number in range(3, 9):
        (tmp_path / f"{number}.yml").write_text(correlation(f"c{number}", "[base]", number=number), "utf-8")
    for number, text in enumerate(BASE):
        (tmp_path / f"base{number}.yml").write_text(text, "utf-8")
    packs = [compile_rules([tmp_path]).pack["correlations"] for _ in range(2)]
    assert packs[0] == packs[1]
    assert len(packs[0]) == 6
