import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import asking
from tramgac_collector.events.asking import ask
from tramgac_collector.search.sql import Conditions


class Client:
    """A client whose every question fails with a code of ClickHouse's."""

    def __init__(self, code):
        self.code = code
        self.closed = False

    def query(self, _sql, **_parameters):
        error = DatabaseError("refused")
        error.code = self.code
        raise error

    def close(self):
        self.closed = True


@pytest.mark.parametrize(("code", "word"), [(159, "search_slow"), (241, "search_large")])
def test_what_is_too_much_says_what_to_do(monkeypatch, tmp_path, code, word):
    client = Client(code)
    monkeypatch.setattr(asking, "connect", lambda _, **__: client)
    with pytest.raises(QueryError, match="narrow") as error:
        ask(tmp_path, "SELECT 1", Conditions())
    assert (error.value.params["refusal"], client.closed) == (word, True)


def test_what_was_never_stored_is_nothing_and_what_fails_is_away(monkeypatch, tmp_path):
    monkeypatch.setattr(asking, "connect", lambda _, **__: Client(60))
    assert ask(tmp_path, "SELECT 1", Conditions()) == ([], [])
    monkeypatch.setattr(asking, "connect", lambda _, **__: Client(1))
    with pytest.raises(EngineAway, match="could not answer"):
        ask(tmp_path, "SELECT 1", Conditions())
