import pytest
from tramgac_rules.indicators import About, Hit, telling
from tramgac_rules.indicators.about import KINDS

ABOUT = About("high", "a feed", "C2 of a campaign", 0)


def hit(kind="domain", value="evil.example", field="QueryName", about=ABOUT):
    return Hit(kind, value, about, field, f"www.{value}", (4, 4 + len(value)))


def test_the_rule_says_which_indicator_of_which_list():
    rule = telling.rule(hit())
    assert rule["id"] == "indicator:domain:evil.example"
    assert rule["title"] == "Listed domain: evil.example"
    assert rule["title_vi"] == "T\u00ean mi\u1ec1n c\u00f3 trong danh s\u00e1ch: evil.example"
    assert rule["level"] == "high"
    for text in (rule["description"], rule["description_vi"]):
        assert "a feed" in text
        assert "C2 of a campaign" in text
    assert len(rule["triage"]) == len(rule["triage_vi"]) > 2


def test_why_says_where_it_stood_and_what_the_list_says():
    assert telling.why(hit()) == {
        "selection": "a feed", "field": "QueryName", "value": "www.evil.example", "pattern": "evil.example",
        "spans": [[4, 16]], "negated": False, "source": "a feed", "note": "C2 of a campaign",
    }  # fmt: skip


def test_hits_of_one_indicator_go_together():
    hits = [hit(), hit("address", "203.0.113.7"), hit(field="DestinationHostname")]
    assert [len(together) for together in telling.by_indicator(hits)] == [2, 1]


def test_the_id_is_the_indicators_and_the_version_is_what_a_list_says_of_it():
    later = hit(about=About("low", "another", "", 5))
    assert telling.rule(hit())["id"] == telling.rule(later)["id"]
    assert telling.version(hit()) != telling.version(later)


def test_long_values_make_short_ids_and_titles():
    ids = {telling.rule_id("url", f"http://evil.example/{'x' * 2_000}{end}") for end in "ab"}
    assert len(ids) == 2
    assert max(map(len, ids)) < 200
    assert len(telling.rule(hit("url", "http://evil.example/" + "x" * 2_000))["title"]) < 80


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind):
    rule = telling.rule(hit(kind))
    assert rule["title"] != rule["title_vi"]
