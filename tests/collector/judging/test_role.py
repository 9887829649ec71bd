"""What the judge has counted is in its log while it runs; that the role works: test_consumer.py."""

from collections import Counter
from types import SimpleNamespace

import structlog
from tramgac_collector import rule_costs, tallies
from tramgac_collector.judging.role import Accounts

from tests.collector.judging.conftest import started
from tests.collector.judging.feed import start


def test_counts_are_logged_each_minute_and_not_more_often(ready, state, feed):
    now = [0.0]
    judge = started(ready, state)
    accounts = Accounts(judge, {"scans": SimpleNamespace(counts=Counter(given_up=3))}, lambda: now[0])
    feed.send(start("evil"))
    judge.drain()
    with structlog.testing.capture_logs() as logs:
        for seconds in range(0, 180, 5):
            now[0] = float(seconds)
            accounts.tell()
    tally = tallies.read(state, "judge")
    assert (tally.counters["events"], tally.counters["given_up"], tally.gauges["cursor"]) == (1, 3, judge.position)
    told = [entry for entry in logs if entry["event"] == "counts"]
    assert len(told) == 2
    costs = rule_costs.read(state)
    assert (costs["as_of"], costs["events"], [row["matches"] for row in costs["items"]]) == (judge.clock(), 1, [1])
    assert (told[0]["counts"]["alerts"], told[0]["scans"], told[0]["position"]) == (1, {"given_up": 3}, judge.position)
