from functools import partial

from tramgac_collector import initialise
from tramgac_collector.bell import Bell
from tramgac_collector.ingest import opening
from tramgac_collector.ingest.ringing import Ringer
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

from tests.collector.ingest.test_log import Lane, put
from tests.collector.station import settings


def test_both_readers_are_rung_and_soon_again_only_the_judge_for_what_is_urgent(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "Ringer", partial(Ringer, pace_s=600))
    paths, config = StatePaths(tmp_path), settings()
    initialise.initialise(paths, config)
    log = opening.open_log(paths, config, Counts())
    with Bell(paths.run, "judge") as judge, Bell(paths.run, "store") as store:
        put(log, Lane(lane=3)).result(10)
        assert judge.wait(10)
        assert store.wait(10)
        for lane in (3, 1):
            put(log, Lane(epoch=lane, lane=lane)).result(10)
        log.close()
        assert judge.hush()
        assert not store.hush()
