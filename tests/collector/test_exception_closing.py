from contextlib import nullcontext

from tramgac_collector import alert_verdicts, alerts, database
from tramgac_collector.alert_verdicts import Outcome
from tramgac_collector.exception_closing import Closing

from tests.collector.test_alerts import NOW, detection, event


def test_only_these_and_only_those_that_are_open(store):
    told = [detection(event(number)) for number in (1, 2, 3)]
    numbers = [each.number for each in told]
    with database.session(store) as s:
        for each in told:
            alerts.raise_alert(s, each, "may", NOW)
        alerts.decide(s, numbers[1], "true_positive", "", "binh", NOW)
    work = Closing(7, "r", numbers[:2], "duplicate", "như hôm qua")
    assert (work.object, work.detail) == ("r", {"exception": 7, "verdict": "duplicate"})
    for decided in (1, 0):
        done = alert_verdicts.sweep(store, work, "an", lambda: NOW + 1, nullcontext(), 20.0)
        assert done == Outcome(decided, 0, 0)
    with database.reading(store) as s:
        there = [alerts.detail(s, number) for number in numbers]
    assert [row["verdict"] for row in there] == ["duplicate", "true_positive", None]
    assert [note["text"] for note in there[0]["notes"]] == ["như hôm qua"]
