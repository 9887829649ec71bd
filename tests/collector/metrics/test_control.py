from tramgac_collector import database, exception_book
from tramgac_collector.metrics.control import of_control
from tramgac_collector.notify import keeping

from tests.collector.notify.briefs import notice
from tests.tools.console import HOST, Console


def samples(console: Console):
    with database.reading(console.engine) as s:
        found = list(of_control(s, console.clock()))
    return {(sample.name, *sample.labels.values()): sample.value for metric in found for sample in metric.samples}


def test_what_stands_in_the_control_store(console: Console):
    before = samples(console)
    assert (before["tramgac_alerts_open", "high"], before["tramgac_hosts", "connected"]) == (0, 0)
    console.enrol(HOST, "pc-1", 1)
    console.rules_in_force()
    for number, level in enumerate(["high", "high", "low"]):
        console.raise_alert(number, level=level)
    with database.session(console.engine) as s:
        keeping.numbered(s, "soc", 1)
        keeping.store(s, "soc", [notice(250)])
        keeping.failed(s, "soc", "down", 1)
    found = samples(console)
    assert (found["tramgac_alerts_open", "high"], found["tramgac_alerts_open", "low"]) == (2, 1)
    assert found["tramgac_hosts", "away"] == 1
    assert found["tramgac_content_version", "judge"] == 1
    assert found["tramgac_outbox_rows_total",] >= 3
    assert (found["tramgac_notify_notices", "soc", "waiting"], found["tramgac_notify_alerts", "soc", "waiting"]) == (
        1,
        250,
    )
    assert found["tramgac_notify_messages_failed_total", "soc"] == 1


def test_exceptions_in_force_and_what_each_held_back(console: Console):
    with database.session(console.engine) as s:
        wanted = [exception_book.Wanted(rule, "user.name:an", "an", "harmless") for rule in ("r", "q")]
        first, second = (exception_book.state(s, one, console.clock()) for one in wanted)
        first.held = 3
        exception_book.end(s, second.id, by="an", why="enough", now=console.clock())
    found = samples(console)
    assert found["tramgac_exceptions",] == 1
    assert {key: value for key, value in found.items() if "exception_held" in key[0]} == {
        ("tramgac_exception_held_back_total", str(first.id)): 3
    }
