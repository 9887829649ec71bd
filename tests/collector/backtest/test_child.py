import io
import json

import pytest
from tramgac_collector.backtest import child
from tramgac_collector.backtest.stored import Page, Source, Stored, Wanted
from tramgac_proto.event_pb2 import Event
from tramgac_rules.authoring.compile import compile_rules

from tests.collector.authored import Author
from tests.collector.backtest.test_tally import DAY

NONE = {"exceptions": [], "now": 0, "titles_vi": {}}


@pytest.fixture
def task(tmp_path):
    author = Author(tmp_path / "author")
    author.sigma("evil")
    pack = compile_rules([author.rules]).pack
    return {
        "state": str(tmp_path),
        "since": 0,
        "until": 4 * DAY,
        "pack": pack,
        "hosts": {"a": ["linux", "pc-1", "Huế"]},
        **NONE,
    }


def told(task):
    out = io.StringIO()
    child.run(task, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_progress_then_rules_then_a_summary(task, monkeypatch):
    events = []
    for number, text in enumerate(("evil", "ls")):
        event = Event(time=3 * DAY + number)
        event.process_start.process.command_line = text
        events.append(Stored("a", 7, 1, number, 4 * DAY, event))

    class Given(Source):
        def pages(self):
            yield Page(events, 4 * DAY)

    def look(_paths, wanted):
        assert wanted == Wanted(0, 4 * DAY, frozenset({"process_start"}))
        return Given(_paths, wanted, 2, 3 * DAY, ())

    monkeypatch.setattr(child.Source, "look", look)
    progress, rule, summary = told(task)
    assert progress == {"progress": {"events": 0, "of": 2}}
    assert (rule["alerts"], rule["alerts_a_day"], rule["hosts"]) == (
        1,
        1.0,
        [{"host": "a", "name": "pc-1", "alerts": 1}],
    )
    assert summary == {
        "summary": {
            "since": "1970-01-01T00:00:00Z",
            "until": "1970-01-05T00:00:00Z",
            "first": "1970-01-04T00:00:00Z",
            "days": 1.0,
            "short": True,
            "events": 2,
            "failures": 0,
            "correlations": {},
            "held": {},
            "unsure": 0,
        }
    }
    assert (rule["held"], rule["rule"]["title_vi"]) == (0, "")
    number = rule["rule"]["id"]
    stated = [[3, number, "Huế", "CommandLine:ev*", 9], [4, number, "Hà Nội", "CommandLine:*", 0]]
    _, rule, summary = told({**task, "exceptions": stated, "now": 8, "titles_vi": {number: "Luật"}})
    assert (rule["alerts"], rule["held"], rule["held_by"], rule["rule"]["title_vi"]) == (0, 1, {"3": 1}, "Luật")
    assert summary["summary"]["held"] == {"3": 1}
    assert told({**task, "exceptions": stated, "now": 9})[1]["alerts"] == 1


def test_what_goes_wrong_is_the_only_line(task, monkeypatch):
    (away,) = told(task)
    assert (away["error"], "role `engine`" in away["params"]["reason"]) == ("unavailable", True)
    (faulty,) = told({**task, "pack": {"format": 99}})
    assert (faulty["error"], faulty["params"]["refusal"]) == ("refused", "backtest_rules")

    def look(*_):
        raise MemoryError

    monkeypatch.setattr(child.Source, "look", look)
    (large,) = told(task)
    assert (large["error"], large["params"]["refusal"]) == ("unavailable", "backtest_memory")
