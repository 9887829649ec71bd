import os
import random
import threading
from collections import Counter

import pytest
from sqlalchemy import select
from tramgac_collector import database, exception_book, held_back
from tramgac_collector.backtest import stored
from tramgac_collector.backtest.excepting import Excepting
from tramgac_collector.backtest.judging import Backtest, Rules
from tramgac_collector.backtest.stored import Page, Source, Stored, Wanted
from tramgac_collector.events.store import Store
from tramgac_collector.judging import correlating
from tramgac_collector.logs import Counts
from tramgac_collector.schema import AlertRow
from tramgac_proto.event_pb2 import Event
from tramgac_rules.authoring.compile import compile_rules

from tests.collector.authored import Author
from tests.collector.judging.correlated import BEGIN, SECOND, Site, correlation
from tests.collector.judging.feed import NOW

DAY = 86_400 * SECOND


CHAIN, USERS = (f"00000000-0000-4000-9000-{number:012d}" for number in (3, 4))


def judged(pack, paths, since, until, exceptions):
    """What a backtest over the store tells, and its counts."""
    rules, found = Rules.load(pack), []
    test = Backtest(rules, lambda _: "linux", found.append, Excepting(exceptions, now=NOW))
    source = Source.look(paths, rules.wanted(since, until))
    for page in source.pages():
        test.take(page)
    test.finish()
    return found, test.counts, source


@pytest.mark.enable_socket
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # what the judge writes is compared, not the database
def test_the_same_alerts_as_live(store, state, tmp_path, engine_paths, monkeypatch):
    """Two hosts, lanes and batches in a wrong order, a clock that is ahead, a chain of correlations of all sorts.

    Exceptions in force hold back as many of each rule, live and here.
    """
    author = Author(tmp_path / "author")
    base, other = author.sigma("evil"), author.sigma("curl", number=2)
    wget = author.sigma("wget", number=3)
    correlation(author, "many", [base])
    correlation(author, "few", [base], number=2, condition="{lt: 3}", span="2m")
    correlation(author, "chain", ["many", "few"], number=3, kind="temporal", span="1h", condition="{gte: 2}")
    correlation(
        author, "users", [other], number=4, kind="value_count", group_by="Image", condition="{field: User, gte: 3}"
    )
    hosts = tuple(os.urandom(16).hex() for _ in range(2))
    monkeypatch.setattr(correlating, "LATE_NS", 10**13)
    stated = ((wget, "User:an"), (CHAIN, "User:an"), (USERS, "Image:/*"), (CHAIN, "User:nobody"))
    with database.session(store) as s:
        for rule, query in stated:
            exception_book.state(s, exception_book.Wanted(rule, query, "an", "x"), NOW)
        exceptions = exception_book.load(s)
    site = Site(store, state, author, *hosts)
    draw, seconds = random.Random(4), [*range(0, 1500, 37), 1, 2, 3, 4_000, 90_000]
    draw.shuffle(seconds)
    for number, second in enumerate(seconds):
        text, user = (
            draw.choice(("evil", "evil", "ls", "curl", "evil curl", "wget")),
            draw.choice(("an", "binh", "chi")),
        )
        site.send(second, host=hosts[second % 2], lane=2 + number % 2, text=text, user=user, judge=number % 3 == 0)
    site.judge.drain()
    site.judge.settle()
    site.now += 10 * correlating.IDLE_NS
    site.judge.settle()
    site.close()
    with database.reading(store) as s:
        live = sorted(s.execute(select(AlertRow.rule_id, AlertRow.id).where(AlertRow.stage != "withdrawn")).all())
        held = {row.id: held_back.by_rule(s, row.id) for row in exception_book.listing(s) if row.held}
    assert len({rule for rule, _ in live}) >= 2
    assert len(held) == 3
    state.log_id.write_text(os.urandom(8).hex())
    state.engine.symlink_to(engine_paths.engine)
    Store.open(state, Counts()).fill(threading.Event())
    monkeypatch.setattr(stored, "PAGE", 7)
    monkeypatch.setattr(Wanted, "conditions", _of(hosts, Wanted.conditions))
    found, counts, source = judged(compile_rules([author.rules]).pack, state, BEGIN, NOW + DAY, exceptions)
    assert sorted((would.rule.id, would.id) for would in found if not would.exception) == live
    told = Counter((would.exception, would.rule.id) for would in found if would.exception)
    assert told == {(number, rule): count for number, rules in held.items() for rule, count in rules.items()}
    assert (counts["events"], source.total, counts["failures"], counts["late"]) == (len(seconds), len(seconds), 0, 0)
    assert {would.host for would in found} <= {*hosts}


def _of(hosts, real):
    """Other tests' events of these days stand in the same store."""

    def conditions(self):
        made = real(self)
        made.add("host IN {}", "Array(String)", list(hosts))
        return made

    return conditions


@pytest.fixture
def pack(tmp_path):
    author = Author(tmp_path / "author")
    author.sigma("evil")
    return compile_rules([author.rules]).pack


def test_an_event_that_cannot_be_judged_is_counted_and_the_rest_goes_on(pack, monkeypatch):
    found = []
    test = Backtest(Rules.load(pack), lambda host: {"a": "linux"}[host], found.append)
    event = Event(time=5)
    event.process_start.process.command_line = "evil"
    test.take(Page([Stored("b", 1, 1, 1, 9, event), Stored("a", 1, 1, 1, 9, event)], 9))
    test.finish()
    assert ([would.host for would in found], test.counts["failures"]) == (["a"], 1)


def test_only_events_that_a_rule_could_look_at_are_read(pack):
    assert Rules.load(pack).wanted(1, 2) == Wanted(1, 2, frozenset({"process_start"}))


@pytest.mark.parametrize(
    ("source", "kinds", "channels"),
    [
        ("{product: windows, service: security}", {"event_log"}, {"security"}),
        ("{product: linux, service: auth}", {"log_line"}, None),
        ("{product: windows}", None, None),
        (
            "{product: windows, category: process_creation}",
            {"event_log", "process_start"},
            {"security", "microsoft-windows-sysmon/operational"},
        ),
    ],
)
def test_log_sources_tell_kinds_and_channels(tmp_path, source, kinds, channels):
    rule = f"title: R\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\nlogsource: {source}\n"
    (tmp_path / "r.yml").write_text(f"{rule}detection: {{s: {{User: an}}, condition: s}}\n")
    wanted = Rules.load(compile_rules([tmp_path]).pack).wanted(1, 2)
    assert (wanted.kinds, wanted.channels) == (kinds and frozenset(kinds), channels and frozenset(channels))
