import datetime as dt

import pytest
from tramgac_collector.events import forecast
from tramgac_collector.events.forecast import Forecast, measure
from tramgac_collector.paths import StatePaths

from tests.collector.events.test_rollups import ROWS

pytestmark = pytest.mark.enable_socket
DAY_NS = 86_400_000_000_000


def at(month, day, hour=12):
    return int(dt.datetime(2026, month, day, hour, tzinfo=dt.UTC).timestamp()) * 10**9


def test_a_day_takes_what_full_days_took(client):
    client.command(ROWS, parameters={"from": 0})  # of November 1 and 2
    found = measure(client, free=1 << 40, longest=90, now=at(11, 3))
    assert (found.events, found.events_a_day, found.days, found.days_left) == (500, 250, 3, None)
    assert found.bytes == 2 * found.bytes_a_day + found.bytes % 2 > 500
    tight = measure(client, free=found.bytes_a_day * 5, longest=90, now=at(11, 3))
    assert tight.days_left == 5.0
    assert measure(client, free=found.bytes_a_day * 5, longest=8, now=at(11, 3)).days_left is None  # five days more
    assert measure(client, free=-5, longest=90, now=at(11, 3)).days_left == 0.0


def test_the_first_day_is_judged_by_its_hours(client):
    assert measure(client, free=1, longest=9, now=at(11, 1)) == Forecast(0, 0, 0, 0, 0, 1, None)
    client.command(ROWS, parameters={"from": 0})
    client.command("ALTER TABLE events DROP PARTITION '2026-11-02'")
    found = measure(client, free=1 << 40, longest=9, now=at(11, 1))
    assert found.events_a_day == 2 * found.events


def test_what_is_told_is_read(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    assert forecast.told(paths) is None
    found = Forecast(1, 2, 3, 4, 5, 6, 7.5)
    forecast.tell(paths, found)
    assert forecast.told(paths) == found
    paths.forecast.write_text("{")
    assert forecast.told(paths) is None
