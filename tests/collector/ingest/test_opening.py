from tramgac_collector import initialise
from tramgac_collector.bell import Bell
from tramgac_collector.ingest import opening
from tramgac_collector.ingest.ringing import Pace
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

from tests.collector.ingest.test_log import Lane, put
from tests.collector.station import settings


def test_both_readers_are_rung_and_soon_again_only_the_judge_for_what_is_urgent(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "PACES", dict.fromkeys(("judge", "store"), Pace(600, 600)))
    paths, config = StatePaths(tmp_path), settings()
    initialise.initialise(paths, config)
    log = opening.open_log(paths, config, Counts())
    with Bell(paths.run, "judge") as judge, Bell(paths.run, "store") as store:
        put(log, Lane(epoch=1, lane=3)).result(10)
        assert judge.wait(10)
        assert store.wait(10)
        put(log, Lane(epoch=2, lane=3)).result(10)
        assert not judge.wait(0)
        assert not store.wait(0)
        put(log, Lane(epoch=3, lane=1)).result(10)
        assert judge.wait(10)
        assert not store.wait(0)
    log.close()
