import os

import pytest
from sqlalchemy import Engine
from tramgac_collector import content, database, ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.events import forecast
from tramgac_collector.events.forecast import Forecast
from tramgac_collector.hindrances import disk, hindrances
from tramgac_collector.main import ROLES
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import ContentRow


def found(store: Engine, state: StatePaths, least: int = 0) -> list[dict]:
    with database.reading(store) as s:
        return hindrances(s, state, CollectorConfig(minimum_free_bytes=least))


def put_in_force(store: Engine, version: int, rules: int) -> None:
    with database.session(store) as s:
        counts = {"rules": rules, "yara": 0, "indicators": 0}
        s.add(ContentRow(version=version, published=1, by="an", digest="", marked="", **counts))
        content.record_role(s, "judge", version=version, refused=0, reason="", now=1)


@pytest.mark.parametrize(("free", "kind"), [(255, "disk_full"), (256, "disk_low"), (511, "disk_low"), (512, "")])
def test_what_little_room_means(free: int, kind: str):
    assert disk(free, 256) == kind


def test_what_is_in_the_way(store: Engine, state: StatePaths):
    assert found(store, state) == [{"kind": "no_rules"}]
    full, rules = found(store, state, 1 << 60)
    assert (full["kind"], full["least"], rules["kind"]) == ("disk_full", 1 << 60, "no_rules")
    assert 0 <= full["free"] < 1 << 60
    put_in_force(store, 1, 0)
    assert found(store, state) == [{"kind": "no_rules"}]
    put_in_force(store, 2, 1)
    assert found(store, state) == []


def test_a_role_that_died_and_one_that_just_starts(store: Engine, state: StatePaths):
    put_in_force(store, 1, 1)
    for role in ROLES:
        ready.announce(state, role)
    state.ready("judge").write_text("4194305\n")  # above pid_max: nobody's
    assert found(store, state) == []
    ready.announce(state, ready.NAME)
    assert found(store, state) == [{"kind": "role_down", "roles": ["judge"]}]
    state.ready("judge").write_text(f"{os.getpid()}\n")
    assert found(store, state) == []


def test_a_disk_that_will_be_full_soon_is_told_before(store, state):
    config = CollectorConfig(minimum_free_bytes=0)
    for days_left, told in ((None, []), (20.0, []), (13.9, [{"kind": "disk_filling", "days": 13}])):
        forecast.tell(state, Forecast(1, 1, 1, 1, 1, 1, days_left))
        with database.reading(store) as s:
            assert [found for found in hindrances(s, state, config) if found["kind"] == "disk_filling"] == told
