import json
import os
import threading
from pathlib import Path

import pytest
from tramgac_collector import database, exception_book
from tramgac_collector.cli import backtest
from tramgac_collector.events.store import Store
from tramgac_collector.exception_book import Wanted
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event

from tests.collector.authored import Author
from tests.collector.events.test_store import fill_log
from tests.tools.console import Console, Run

BEGIN = 1_500_000_000_000_000_000
BOUNDS = ("--since", "2017-07-14T02:00:00Z", "--until", "2017-07-14T03:00:00Z")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    author = Author(tmp_path / "author")
    author.sigma("evil")
    author.sigma("curl", number=2, level="low")
    return author.rules


@pytest.mark.enable_socket
def test_stored_events_are_judged_again_in_a_process_of_its_own(
    running: Console, tramgac: Run, engine_paths: StatePaths, rules: Path
):
    events = []
    for number, text in enumerate(("evil 1", "ls", "evil 2")):
        event = Event(time=BEGIN + number)
        event.process_start.process.command_line = text
        events.append(event.SerializeToString())
    paths, host = running.services.paths, os.urandom(16).hex()
    paths.log_id.write_text(host[:8])
    paths.engine.symlink_to(engine_paths.engine)
    running.enrol(host, "máy-1", 1)
    fill_log(paths, [events], host=host)
    Store.open(paths, Counts()).fill(threading.Event())
    with database.session(running.engine) as s:
        exception_book.state(s, Wanted("*", "CommandLine:*2", "an", "x"), running.clock())
    status, out, err = tramgac("rules", "backtest", *BOUNDS, "--json", str(rules))
    first, second, summary = map(json.loads, out.splitlines())
    assert (status, err, first["alerts"], first["held_by"], summary["held"]) == (0, "", 1, {"1": 1}, {"1": 1})
    status, out, err = tramgac("rules", "backtest", *BOUNDS, "--json", "--no-exceptions", str(rules))
    first, second, summary = map(json.loads, out.splitlines())
    assert (status, err, first["held"]) == (0, "", 0)
    assert (first["alerts"], first["hosts"]) == (2, [{"host": host, "name": "máy-1", "alerts": 2}])
    assert (second["alerts"], summary["events"], summary["short"]) == (0, 3, False)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list:
    """What the collector answers, changed by the test."""
    rule = {"id": "r1", "title": "Rule", "title_vi": "Luật", "level": "high"}
    hosts = [{"host": f"{n:032x}", "name": f"pc-{n}" * (n > 0), "alerts": 9 - n} for n in range(4)]
    counts = {"alerts": 2000, "alerts_a_day": 666.667, "grouped_a_day": 3.0, "host_count": 4, "held": 12}
    row = {"rule": rule, **counts, "hosts": hosts, "first": None, "last": None, "examples": []}
    summary = {"since": "", "until": "", "first": "2026-11-24T10:00:00Z", "days": 3.0, "short": True, "events": 12_000}
    summary |= {"failures": 2, "correlations": {"groups_given_up": 5, "without_field": 1}, "unsure": 0, "held": {}}
    made = [{"progress": {"events": 5, "of": 10}}, row, {"summary": summary}]
    monkeypatch.setattr("tramgac_collector.cli.client.Client.followed", lambda *_, **__: iter(made))
    return made


def test_a_table_and_what_the_counts_are_not(tramgac: Run, rules: Path, lines: list):
    status, out, err = tramgac("rules", "backtest", *BOUNDS, str(rules))
    heads, row, done = out.splitlines()
    assert (status, row.endswith("Rule")) == (0, True)
    assert heads.split()[:4] == ["ID", "SEVERITY", "ALERTS", "A"]
    assert "2,000" in row
    assert f"{0:032x} (9), pc-1 (8), pc-2 (7), ..." in row
    assert done == "Judged: 12,000 events of 3.0 days; nothing was raised."
    assert err.splitlines()[0].startswith("Events of this time are stored from 2026-11-24T")
    assert err.splitlines()[1:] == [
        "2 events could not be judged and are left out.",
        "Correlations had too much to remember: groups_given_up 5. Their counts are too low; choose a shorter time.",
    ]


def test_what_exceptions_would_hold_back_is_told(tramgac: Run, rules: Path, lines: list, monkeypatch):
    lines[-1]["summary"] |= {"held": {"3": 1100, "1": 2}, "unsure": 4}
    status, out, err = tramgac("rules", "backtest", *BOUNDS, str(rules))
    assert "HELD BACK" in out.splitlines()[0]
    assert (status, out.splitlines()[-1]) == (
        0, "Exceptions would hold back 1,102 more, by number: 3 (1,100), 1 (2). --no-exceptions counts them as alerts.",
    )  # fmt: skip
    assert "4 times nobody could tell whether an exception holds back" in err
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("rules", "backtest", *BOUNDS, str(rules))[1].splitlines()[1].endswith("Luật")


def test_no_events_are_told(tramgac: Run, rules: Path, lines: list):
    lines[-1]["summary"] |= {"events": 0, "failures": 0, "correlations": {}}
    assert tramgac("rules", "backtest", *BOUNDS, str(rules))[2] == (
        "The store holds no event of this time that these rules look at.\n"
    )


def test_rules_are_compiled_here_or_named(rules: Path):
    body, titles = backtest._asked([str(rules)])
    ids = [rule["id"] for rule in json.loads(body)["pack"]["rules"]]
    assert (len(ids), titles) == (2, {number: f"Luật Rule {n}" for n, number in enumerate(ids, 1)})
    body, titles = backtest._asked(["4055f852"])
    assert (json.loads(body), titles) == ({"rules": ["4055f852"]}, {})


def test_what_is_no_rule(tramgac: Run, rules: Path, lines: list):
    assert tramgac("rules", "backtest", *BOUNDS, str(rules), "4055f852")[0] == 2
    assert tramgac("rules", "backtest", *BOUNDS, "gone.yml")[0] == 1
    (rules / "rule1.yml").write_text("title: x\n")
    status, out, err = tramgac("rules", "backtest", *BOUNDS, str(rules))
    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == "There are errors in the rules, 2, above; correct these rules or leave them out."
    assert tramgac("rules", "backtest", str(rules))[0] == 2
