import threading
import time

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import asking
from tramgac_collector.events.asking import ask
from tramgac_collector.paths import StatePaths
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


@pytest.mark.parametrize(("code", "word"), [(159, "search_slow"), (241, "search_large"), (394, "search_ended")])
def test_what_is_too_much_says_what_to_do(monkeypatch, tmp_path, code, word):
    client = Client(code)
    monkeypatch.setattr(asking, "connect", lambda _, **__: client)
    with pytest.raises(QueryError, match=r"narrow|ended") as error:
        ask(StatePaths(tmp_path), "SELECT 1", Conditions())
    assert (error.value.params["refusal"], client.closed) == (word, True)


def test_what_was_never_stored_is_nothing_and_what_fails_is_away(monkeypatch, tmp_path):
    monkeypatch.setattr(asking, "connect", lambda _, **__: Client(60))
    assert ask(StatePaths(tmp_path), "SELECT 1", Conditions()) == ([], [])
    monkeypatch.setattr(asking, "connect", lambda _, **__: Client(1))
    with pytest.raises(EngineAway, match="could not answer"):
        ask(StatePaths(tmp_path), "SELECT 1", Conditions())


@pytest.mark.enable_socket
def test_what_nobody_waits_for_is_ended(engine_paths):
    """With the real engine: a question that takes minutes."""
    sql = "SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1"
    faults = []

    def work():
        with pytest.raises(QueryError) as error:
            asking.tagged("tag-1", lambda: ask(engine_paths, sql, Conditions()))
        faults.append(error.value.params["refusal"])

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while not faults and time.monotonic() < deadline:
        asking.end(engine_paths, "another")
        asking.end(engine_paths, "tag-1")
        thread.join(0.05)
    thread.join(20)
    assert faults == ["search_ended"]


def test_without_an_engine_there_is_nothing_to_end(tmp_path):
    asking.end(StatePaths(tmp_path), "tag")
