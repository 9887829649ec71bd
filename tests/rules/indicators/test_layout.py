from tramgac_rules.indicators.about import HASHES, KINDS
from tramgac_rules.indicators.layout import TABLES, kind_of


def test_every_kind_has_its_tables_and_every_table_its_kind():
    assert {kind_of(name) for name in TABLES} == set(KINDS)
    assert [kind_of(name) for name in ("address6", "network4", "sha256", "md5")] == [
        "address", "network", "sha256", "md5",
    ]  # fmt: skip
    assert set(HASHES) < set(TABLES)
