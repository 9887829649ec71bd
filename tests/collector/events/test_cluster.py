import pytest
from tramgac_collector.errors import SettingsError
from tramgac_collector.events import schema
from tramgac_collector.events.cluster import DATABASE, LOCAL, ddl


def test_only_a_plain_name_is_a_cluster():
    for name in ("", "a b", "x'; DROP", "1a", "a" * 65):
        with pytest.raises(SettingsError):
            ddl(name)


@pytest.mark.enable_socket
def test_the_engine_here_parses_it_and_makes_all_but_replication_and_distribution(client):
    database, local, distributed = ddl("centre")
    for statement in (database, local, distributed):
        assert client.query(f"EXPLAIN AST {statement}").result_rows
    assert f"Distributed(centre, {DATABASE}, {LOCAL}, log)" in distributed
    alone = local.replace(" ON CLUSTER centre", "").replace(f"{DATABASE}.", "")
    begin, end = alone.index("ReplicatedMergeTree"), alone.index(schema.ORDER)
    client.command(f"{alone[:begin]}MergeTree {alone[end:]}")
    shown = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}"
    twin, ours = (client.query(shown, parameters={"table": table}).result_rows for table in (LOCAL, schema.TABLE))
    assert twin == ours
    indexes = (
        "SELECT name, type FROM system.data_skipping_indices WHERE database = currentDatabase() AND table = {t:String}"
    )
    twin, ours = (client.query(indexes, parameters={"t": table}).result_rows for table in (LOCAL, schema.TABLE))
    assert twin == ours
    client.command(f"DROP TABLE {LOCAL}")
