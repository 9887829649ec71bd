import asyncio
import contextlib
import time

import pytest
from structlog.testing import capture_logs
from tramgac_collector.gateway import lag as lags
from tramgac_collector.gateway.lag import Lag
from tramgac_collector.logs import Counts


def test_the_worst_is_told_once_and_what_is_late_is_counted_and_said_now_and_then():
    now, counts = [100.0], Counts()
    lag = Lag(counts, clock=lambda: now[0])
    with capture_logs() as said:
        for late_s in (0.01, 0.3, 0.2):
            lag.note(late_s)
        assert (len(said), said[0]["late_s"]) == (1, 0.3)
        now[0] += lags.SAID_EVERY_S
        lag.note(0.1)
    assert len(said) == 2
    assert counts["loop_late"] == 3
    assert (lag.worst(), lag.worst()) == (0.3, 0.0)


@pytest.mark.asyncio
async def test_a_loop_that_is_blocked_is_seen(monkeypatch):
    monkeypatch.setattr(lags, "EVERY_S", 0.01)
    lag = Lag(Counts())
    watch = asyncio.create_task(lag.watch())
    await asyncio.sleep(0.02)
    time.sleep(0.15)  # noqa: ASYNC251 - what no code on the loop may do
    await asyncio.sleep(0.02)
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch
    assert lag.worst() >= 0.1
