import datetime as dt

import pytest
from tramgac_collector.events import cold, forecast, retention
from tramgac_collector.events.rollups import PROJECTIONS
from tramgac_collector.events.upkeep import AGAIN_S, EVERY_S, Upkeep
from tramgac_collector.logs import Counts

from tests.collector.events.test_rollups import ROWS
from tests.collector.station import prepare, settings

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def upkeep(tmp_path):
    config = settings(retention_days=36_500, cold_after_days=1)
    return Upkeep(prepare(tmp_path / "state", config), config, Counts())


def test_all_is_seen_to_once_an_hour(client, upkeep, monkeypatch):
    client.command(ROWS.replace("2026-11", "2020-11"), parameters={"from": 0})
    assert upkeep.look(client)
    assert not upkeep.look(client)
    assert (retention.days(client), len(cold.held(upkeep.paths))) == ([], 2)
    assert upkeep.counts["rollups_repaired"] == 2 * len(PROJECTIONS)  # of two days that no merge has seen
    assert forecast.told(upkeep.paths).events == 0
    monkeypatch.setattr(retention, "retain", lambda *_: pytest.fail("today's was done"))
    upkeep.due -= EVERY_S
    assert upkeep.look(client)


def test_an_empty_store_is_measured_again_in_a_minute(client, upkeep):
    """Else a new collector would say for an hour that it holds nothing."""
    upkeep.look(client)
    assert forecast.told(upkeep.paths).events == 0
    client.command(ROWS.replace("2026-11", "1999-11"), parameters={"from": 0})
    upkeep.due -= AGAIN_S
    assert upkeep.look(client)
    assert forecast.told(upkeep.paths).events > 0
    assert not upkeep.look(client)


def test_without_the_control_store_nothing_is_removed(client, upkeep):
    client.command(ROWS.replace("2026-11", "1999-11"), parameters={"from": 0})
    upkeep.paths.control_database.unlink()
    assert upkeep.look(client)
    assert retention.days(client) == [dt.date(1999, 11, 1), dt.date(1999, 11, 2)]
    assert upkeep.counts["retention_postponed"] == 1


def test_a_removal_that_still_works_is_waited_for(client, upkeep, monkeypatch):
    monkeypatch.setattr(retention, "retain", lambda *_: False)
    upkeep.look(client)
    assert (upkeep._done, upkeep.due > 0) == (None, True)
    upkeep.due -= AGAIN_S
    monkeypatch.undo()
    assert upkeep.look(client)
    assert upkeep._done is not None
