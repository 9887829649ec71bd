import pytest
from tramgac_collector.setting_values import is_bare, is_database, is_server


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://tramgac:p%40ss@db:5432/tramgac",
        "postgresql+psycopg://tramgac@/tramgac?host=/run/postgresql",
        "postgresql://tramgac@db/tramgac",
        "sqlite:////srv/control.db",
        "sqlite+pysqlite:////srv/control.db",
    ],
)
def test_databases(url):
    assert is_database(url)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "tramgac@127.0.0.1/x",
        "postgresql+psycopg://u@127.0.0.1:abc/x",
        "mysql://db/x",
        "postgres://db/x",
        "postgresql+psycopg2://db/x",
    ],
)
def test_what_is_no_database(url):
    assert not is_database(url)


@pytest.mark.parametrize(
    "url", ["nats://q1:4222", "tls://q1.example.vn:4222", "nats://[2001:db8::7]:4222", "nats://q1"]
)
def test_servers_of_a_queue(url):
    assert is_server(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "q1:4222", "", "nats://", "nats://q1:0", "nats://q1:x", "nats:q1"]
)
def test_what_is_no_server_of_a_queue(url):
    assert not is_server(url)


def test_names_without_a_port():
    assert is_bare("gac.example.vn")
    assert is_bare("2001:db8::7")
    assert not is_bare("gac.example.vn:8444")
