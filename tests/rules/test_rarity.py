from tramgac_rules.operators import START
from tramgac_rules.rarity import Rarity
from tramgac_rules.tree import Atom

NODES = [Atom("A", "contains", "powershell"), Atom("A", "endswith", "powershell"), Atom("A", "contains", "mimikatzxx")]


def test_what_a_sample_has_is_likelier_than_what_it_has_not():
    chance = Rarity(NODES, {("A", "mimikatzxx"): 400})
    assert chance(("A", "mimikatzxx")) > 0.4
    assert chance(("A", "powershell")) < 0.01


def test_without_a_sample_long_texts_and_those_that_few_rules_name_are_rare():
    chance = Rarity(NODES, {})
    assert chance(("A", "mimikatzxx")) < chance(("A", "powershell"))
    assert chance(("B", "ab")) > chance(("B", "abc")) > chance(("B", START + "abcd"))
    assert 0 <= chance(("B", "")) <= 1
