import pytest
from tramgac_collector.backtest.part import part

PACK = {
    "format": 2,
    "fields": ["A"],
    "common": [[0, "x", 1]],
    "rules": [{"id": name} for name in "abc"],
    "correlations": [{"id": "m", "rules": ["a"]}, {"id": "n", "rules": ["m", "b"]}, {"id": "o", "rules": ["c"]}],
}


@pytest.mark.parametrize(
    ("names", "rules", "correlations"),
    [(["a"], "a", ""), (["n"], "ab", "mn"), (["o", "a"], "ac", "o"), (["z"], "", "")],
)
def test_a_correlation_brings_what_it_refers_to(names, rules, correlations):
    found = part(PACK, names)
    assert "".join(rule["id"] for rule in found["rules"]) == rules
    assert "".join(one["id"] for one in found["correlations"]) == correlations
    assert (found["fields"], found["common"]) == (PACK["fields"], PACK["common"])
