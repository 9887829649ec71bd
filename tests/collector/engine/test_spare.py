import pytest
from tramgac_collector.engine import spare
from tramgac_collector.engine.spare import MOST, Spares
from tramgac_collector.paths import StatePaths


class Client:
    """A client that remembers that it was closed."""

    closed = False

    def close(self):
        self.closed = True


def connect(_paths, *, read_only):
    assert read_only
    return Client()


@pytest.fixture
def paths(tmp_path):
    made = StatePaths(tmp_path)
    made.make()
    made.engine.write_text("1")
    return made


def lent(spares, paths, by=connect):
    with spares.lend(paths, by) as client:
        return client


def test_one_is_kept_for_the_next(paths):
    spares = Spares()
    first = lent(spares, paths)
    assert lent(spares, paths) is first
    with spares.lend(paths, connect), spares.lend(paths, connect) as second:
        assert second is not first
    assert not first.closed
    other = lent(spares, paths, by=lambda *_, **__: Client())  # of a test's own
    assert other not in (first, second)


def test_after_an_error_an_engine_that_began_again_or_a_while_it_is_closed(paths, monkeypatch):
    spares = Spares()
    with pytest.raises(ValueError, match="why"), spares.lend(paths, connect) as failed:
        raise ValueError("why")
    assert failed.closed
    of_before = lent(spares, paths)
    paths.engine.write_text("2")
    assert lent(spares, paths) is not of_before
    assert of_before.closed
    old = lent(spares, paths)
    monkeypatch.setattr(spare, "KEPT_S", -1.0)
    assert lent(spares, paths) is not old
    assert old.closed


def test_no_more_than_some_and_none_of_an_engine_that_is_not_there(paths):
    spares = Spares()
    opened = [spares.lend(paths, connect) for _ in range(MOST + 2)]
    clients = [each.__enter__() for each in opened]
    for each in opened:
        each.__exit__(None, None, None)
    assert sum(client.closed for client in clients) == 2
    paths.engine.unlink()
    assert lent(spares, paths).closed
    assert all(client.closed for client in clients)
