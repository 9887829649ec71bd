from tramgac_collector import consumer_lag
from tramgac_collector.consumer_lag import Lag, lags
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import tell_cursor

from tests.collector.ingest.test_log import Lane, open_log, put


def test_how_far_consumers_are_behind(state, monkeypatch):
    assert lags(state, 1) == [Lag("store", 0, 0, 0.0), Lag("judge", 0, 0, 0.0)]
    log, lane = open_log(state), Lane()
    positions = [put(log, lane, size=2_000).result(10) for _ in range(4)]
    tell_cursor(state, "store", positions[-1] + 1)
    tell_cursor(state, "judge", positions[2])
    tell_cursor(state, "judge-2", positions[3])
    assert [lag.consumer for lag in lags(state, 1)] == ["store", "judge", "judge-2"]
    first, second, _ = lags(state, (1 << 63) - 1)
    assert first == Lag("store", 0, 0, 0.0)
    assert second.records == positions[-1] + 1 - positions[2]
    (file,) = state.log_segments.glob("*.log")
    assert second.bytes == int(file.stat().st_size * second.records / (positions[-1] + 1))
    assert second.seconds > 1e9, "since it was received, in the distant past of that clock"
    assert lags(state, 0)[1].seconds == 0

    def unreadable(*_, **__):
        raise Unreadable(1, 2, "log_damaged", "why")

    monkeypatch.setattr(consumer_lag, "consume", unreadable)
    assert lags(state, 1)[1].records == second.records
    log.close()
