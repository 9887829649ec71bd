from tramgac_collector.search.tree import Between


def test_a_range_holds_its_ends():
    assert [number for number in range(6) if Between(2, 4).holds(number)] == [2, 3, 4]
    assert Between(None, 1).holds(-(1 << 70))
    assert Between(1, None).holds(1 << 70)
