from tramgac_rules.authoring.indicators import common
from tramgac_rules.indicators import values


def test_values_stand_in_the_form_in_which_they_are_compared():
    assert all(values.path(text) == text for text in common.NAMES | common.PATHS)
    assert all(values.domain(text) == text for text in common.SHARED | common.VISITED)
    assert all(values.address(text) for text in common.RESOLVERS)
    assert sorted(map(len, common.EMPTY)) == [32, 40, 64]
