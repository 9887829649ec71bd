from tramgac_rules.indicators.about import HASHES, KINDS


def test_kinds_are_named_once():
    assert len(set(KINDS)) == len(KINDS)
    assert set(HASHES) < set(KINDS)
