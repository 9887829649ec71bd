import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import QueryError
from tramgac_collector.events import asking
from tramgac_collector.events.prevalence import MAX_HOURS, hours, prevalence, rarest
from tramgac_proto.names import parse_time

from tests.collector.events.test_rollups import ROWS

pytestmark = pytest.mark.enable_socket
HOUR = 3_600_000_000_000
DAY = parse_time("2026-11-01T00:00:00Z")


@pytest.fixture
def filled(client, engine_paths, monkeypatch):
    """500 events of 13 hosts within two days; searches look into the test's own database."""
    client.command(ROWS, parameters={"from": 0})

    def mine(paths, **more):
        found = connect(paths, **more)
        found.database = client.database
        return found

    monkeypatch.setattr(asking, "connect", mine)
    return engine_paths


def test_how_common_a_value_is(filled):
    found = prevalence(filled, "process.executable", "/bin/1")
    assert (found["events"], found["hosts"]) == (len(range(1, 500, 7)), 13)
    assert found["first"] < found["last"]
    assert found["last"].startswith("2026-11-02T")
    child = prevalence(filled, "process.executable", "/bin/1", "/bin/2")
    assert (child["events"], child["parent"]) == (len([n for n in range(1, 500, 7) if n % 3 == 2]), "/bin/2")
    never = prevalence(filled, "process.hash.sha256", "x' OR 1 --")
    assert (never["events"], never["hosts"], never["first"], never["last"]) == (0, 0, None, None)


def test_the_rarest_come_first(filled):
    found = rarest(filled, "destination.ip", 2)
    assert len(found) == 2
    assert found[0]["value"] in {f"10.0.0.{n}" for n in range(4)}
    assert [row["hosts"] for row in found] == sorted(row["hosts"] for row in rarest(filled, "destination.ip"))[:2]
    assert all(row["value"] for row in rarest(filled, "process.hash.sha256"))


def test_only_what_is_known(filled):
    for field, parent in (("user.name", ""), ("destination.ip", "/bin/sh")):
        with pytest.raises(QueryError):
            prevalence(filled, field, "x", parent)


def test_events_by_hour(filled):
    found = hours(filled, DAY, DAY + 40 * HOUR)
    assert {row["kind"] for row in found} == {"process_start", "network_connection"}
    assert [row["hour"] for row in found] == sorted(row["hour"] for row in found)
    all_there = hours(filled, DAY - 3 * HOUR, DAY + 50 * HOUR)
    assert sum(row["events"] for row in all_there) == 500
    some = hours(filled, DAY - 3 * HOUR, DAY + 50 * HOUR, "h3", ["process_start"])
    assert sum(row["events"] for row in some) == len([n for n in range(3, 500, 13) if n % 3])
    with pytest.raises(QueryError, match="at most"):
        hours(filled, DAY, DAY + (MAX_HOURS + 1) * HOUR)
