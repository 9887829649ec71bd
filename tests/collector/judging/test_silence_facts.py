import pytest
from tramgac_collector.judging import silence_facts

FACTS = [silence_facts.LEFT, silence_facts.LOST, silence_facts.DARK]


def test_each_has_an_id_of_its_own():
    assert len({fact["id"] for fact in FACTS}) == 3
    assert all(fact["id"].startswith("tramgac:") for fact in FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_each_says_all_in_both_languages(fact):
    for name in ("title", "description", "triage", "falsepositives"):
        assert fact[name]
        assert fact[f"{name}_vi"] != fact[name]
        if isinstance(fact[name], list):
            assert len(fact[f"{name}_vi"]) == len(fact[name])
