from tramgac_rules.indicators.about import HASHES, KINDS, About


def test_it_counts_until_it_expires():
    about = About("high", expires=100)
    assert [about.live(time) for time in (0, 99, 100, 101)] == [True, True, False, False]
    assert About("high").live(1 << 62)


def test_kinds_are_named_once():
    assert len(set(KINDS)) == len(KINDS)
    assert set(HASHES) < set(KINDS)
