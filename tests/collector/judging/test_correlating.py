import random

import pytest
from sqlalchemy import event, func, select
from tramgac_collector import alerts, bell, database, ingest, outbox
from tramgac_collector.correlation_schema import MemberRow
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging import correlating
from tramgac_collector.rule_schema import RuleCountRow
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import AlertRow
from tramgac_rules.correlation import late

from tests.collector.authored import Author
from tests.collector.judging.correlated import BEGIN, SECOND, Site, correlation
from tests.collector.judging.feed import HOST, NOW, OTHER, publish
from tests.collector.judging.test_consumer import spawn, wait_until

CORRELATION = key_of("00000000-0000-4000-9000-000000000001")


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.base = made.sigma("evil")
    return made


@pytest.fixture
def three(store, state, author):
    """Three of one user within ten minutes."""
    correlation(author, "many", [author.base])
    made = Site(store, state, author, HOST, OTHER)
    yield made
    made.close()


def test_an_alert_is_there_with_its_last_event_and_confirmed_when_nothing_can_change_it(three):
    three.send(1, 2, 3)
    assert three.alerts() == [("many", "provisional", [1, 2, 3])], "and none of the rule's own"
    three.send(303)
    assert three.alerts() == [("many", "confirmed", [1, 2, 3])]
    with database.reading(three.store) as s:
        row = s.scalars(select(AlertRow)).one()
        assert (row.host, row.hostname, row.user, row.level) == (HOST, "pc-0", "an", "high")
        assert row.time == BEGIN + 3 * SECOND
        assert [each["fields"]["process.command_line"] for each in row.events] == ["evil"] * 3
        assert [(step["field"], step["value"]) for step in row.why[:2]] == [("event_count", "3"), ("User", "an")]
        assert [step["selection"] for step in row.why[2:]] == ["Rule 1"] * 3
        told = [(each.topic, each.payload["stage"]) for each in outbox.after(s, 0) if each.topic.startswith("alert")]
        assert told == [("alert", "provisional"), ("alert_changed", "confirmed")]
        assert [step["action"] for step in alerts.detail(s, row.id)["history"]] == ["provisional", "confirmed"]
    assert three.judge.counts["alerts"] == 1


def test_it_goes_on_from_its_rows_after_a_restart(three):
    three.send(1, 2).restart().send(3).restart()
    assert three.alerts() == [("many", "provisional", [1, 2, 3])]
    three.restart().send(400).restart().send(401, 402)
    assert three.alerts() == [("many", "confirmed", [1, 2, 3]), ("many", "provisional", [400, 401, 402])]


def test_what_comes_hours_late_after_a_restart_meets_what_was_judged_before_it(three):
    """Members that are older than what waits are not read at a start: an event among them must know that it is late."""
    three.send(-9_000, -8_999).send(0, user="binh").restart().send(-8_998, lane=3)
    assert three.alerts() == [("many", "confirmed", [-9_000, -8_999, -8_998])]


def test_events_of_all_hosts_come_together(three):
    three.send(1).send(2, host=OTHER).send(3)
    assert three.alerts() == [("many", "provisional", [1, 2, 3])]


def test_a_clock_years_ahead_or_behind_on_one_host_makes_nobody_else_late(three):
    """Over all hosts, as here, the watermark follows event time: a clock in 2035 counts as when the event came."""
    years = 9 * 31_556_952
    before = (NOW + 1_000_000 - BEGIN) / SECOND  # when batches are received
    for number, second in enumerate((before - 200, before - 100, before - 1)):  # within what a host may be late
        three.send(years, host=OTHER, user=f"ahead{number}").send(-years * 2, host=OTHER, user=f"behind{number}")
        three.send(second)
    [(title, stage, seconds)] = three.alerts()
    assert (title, stage, len(seconds)) == ("many", "provisional", 3)
    counts = three.judge.correlating.all_counts()
    assert counts["late"] + counts["members_too_late"] <= 3, "those of the clock behind, and no others"


SECONDS = [1, 2, 3, 100, 101, 250, 390, 395, 400, 800, 810, 815, 1500]


@pytest.mark.parametrize("lateness", ["in time", "late"])
def test_in_whatever_order_they_come_the_alerts_are_the_same(store, state, author, lateness, monkeypatch):
    """Two lanes of a host, and another host, one long after the others or all in between."""
    correlation(author, "many", [author.base])
    correlation(author, "few", [author.base], number=2, condition="{lt: 3}", span="2m")
    correlation(author, "chain", ["many", "few"], number=3, kind="temporal", span="1h", condition="{gte: 2}")
    monkeypatch.setattr(correlating, "LATE_NS", 10**13 if lateness == "in time" else 0)
    site = Site(store, state, author, HOST, OTHER)
    shuffled = SECONDS[:]
    random.Random(4).shuffle(shuffled)
    for number, second in enumerate(shuffled):
        site.send(second, host=(HOST, OTHER)[int(second) % 2], lane=2 + number % 2)
        if number % 5 == 4:
            site.restart()
    site.judge.settle()
    site.now += 10 * correlating.IDLE_NS
    site.judge.settle()
    site.close()
    assert site.alerts() == [
        ("chain", "confirmed", [100, 101, 250]), ("chain", "confirmed", [800, 810, 815, 1500]),
    ]  # fmt: skip
    assert site.windows() == (4 + 5 + 2, 0)


def test_a_crash_at_any_statement_loses_and_doubles_nothing(store, state, author, monkeypatch):
    """As kill -9 between any two statements: the transaction is gone, the next judge goes on from cursor and rows."""
    monkeypatch.setattr(consuming, "ENTRIES", 2)
    correlation(author, "many", [author.base])
    correlation(author, "again", ["many"], number=2, condition="{gte: 2}")
    site = Site(store, state, author)
    for second in (1, 2, 3, 5, 4, 6, 800, 399, 398, 400):
        site.send(second, judge=False)

    class Crash(BaseException):
        pass

    left = [0]

    def strike(_connection, cursor, *_args):
        left[0] -= 1
        if left[0] == 0:
            cursor.close()  # PostgreSQL's own kind complains where it is left open
            raise Crash

    crashes = 0
    event.listen(store, "before_cursor_execute", strike)
    for step in range(11, 600, 9):
        left[0] = step
        try:
            site.restart().judge.drain()
        except Crash:
            crashes += 1
        else:
            break
    event.remove(store, "before_cursor_execute", strike)
    assert crashes > 3
    site.restart().judge.drain()
    site.send(1_000, user="binh")
    site.close()
    assert site.alerts() == [("again", "confirmed", [1, 2, 3, 4, 5, 6])]
    assert site.windows() == (4, 0)
    with database.reading(store) as s:
        raised = [row.payload["id"] for row in outbox.after(s, 0) if row.topic == "alert"]
    assert len(raised) == len(set(raised)) == 1


def test_a_transaction_that_fails_leaves_no_trace_in_memory(three, monkeypatch):
    """The batch is tried again, alone, and counts once."""
    tries = []
    real = late.settle

    def settle(*arguments):
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("once")
        return real(*arguments)

    three.send(1)
    monkeypatch.setattr(correlating, "settle", settle)
    three.send(2)
    assert (len(tries), three.alerts()) == (2, [])
    three.send(3)
    assert three.alerts() == [("many", "provisional", [1, 2, 3])]


def test_a_late_event_amends_what_was_told(three):
    three.send(10, 11, 12).send(400)
    assert three.alerts() == [("many", "confirmed", [10, 11, 12])]
    three.send(5, lane=1)
    assert three.alerts() == [("many", "confirmed", [5, 10, 11])]
    with database.reading(three.store) as s:
        gone = s.scalars(select(AlertRow).where(AlertRow.stage == "withdrawn")).one()
        notes = alerts.detail(s, gone.id)["notes"]
        new = s.scalars(select(AlertRow).where(AlertRow.stage == "confirmed")).one()
    assert (gone.status, gone.verdict) == ("closed", None)
    assert new.id in notes[0]["text"]
    assert three.judge.counts["correlations_withdrawn"] == 1
    three.send(11.5, lane=1)
    assert three.alerts() == [("many", "confirmed", [5, 10, 11])]
    three.send(10.5, lane=1)
    assert three.alerts() == [("many", "confirmed", [5, 10, 10.5]), ("many", "confirmed", [11, 11.5, 12])]


def test_a_late_event_that_gives_a_window_another_answer_takes_its_alert_and_its_count_back(store, state, author):
    correlation(author, "few", [author.base], condition="{lt: 3}", span="2m")
    site = Site(store, state, author)
    site.send(1, 2).send(900)
    assert site.alerts() == [("few", "confirmed", [1, 2])]
    site.send(3, lane=1)
    assert site.alerts() == []
    site.send(700, 701, 702, lane=1).send(1_500)
    assert [seconds for _, _, seconds in site.alerts()] == [[900]]
    with database.reading(store) as s:
        counted = s.scalars(select(RuleCountRow.matches).where(RuleCountRow.rule == CORRELATION)).all()
    assert sum(counted) == 1
    site.close()


@pytest.fixture
def hosted(store, state, author):
    """Three on one host within ten minutes; fewer than three within two."""
    correlation(author, "many", [author.base], group_by="Computer")
    correlation(author, "few", [author.base], number=2, group_by="Computer", span="2m", condition="{lt: 3}")
    made = Site(store, state, author, HOST, OTHER)
    yield made
    made.close()


def test_each_host_has_a_watermark_of_its_own(hosted):
    hosted.send(1, 2, 3).send(1000, 1001, 1002, host=OTHER)
    assert hosted.alerts() == [("many", "provisional", [1, 2, 3]), ("many", "provisional", [1000, 1001, 1002])]
    hosted.send(1062, host=OTHER)
    assert [stage for _, stage, _ in hosted.alerts()] == ["provisional", "confirmed"]
    hosted.send(62.9)
    assert [stage for _, stage, _ in hosted.alerts()] == ["provisional", "confirmed"]
    hosted.send(63)
    assert [stage for _, stage, _ in hosted.alerts()] == ["confirmed", "confirmed"]
    with database.reading(hosted.store) as s:
        row = s.scalars(select(AlertRow).where(AlertRow.title == "many").order_by(AlertRow.time)).first()
        assert [(step["field"], step["value"]) for step in row.why if step["selection"] == "group-by"] == [
            ("Computer", "pc-0")
        ]


def test_what_waits_for_a_host_that_fell_silent_is_judged_as_it_stands(hosted):
    hosted.send(1)
    hosted.judge.settle()
    assert hosted.alerts() == []
    hosted.now += correlating.IDLE_NS // 2
    hosted.send(1, host=OTHER)
    hosted.judge.settle()
    assert hosted.alerts() == []
    hosted.now += correlating.IDLE_NS // 2 + SECOND
    hosted.judge.settle()
    assert hosted.alerts() == [("few", "confirmed", [1])]
    hosted.send(700, 701, 702)
    assert hosted.alerts()[1:] == [("many", "provisional", [700, 701, 702])], "what it says later is in time"


@pytest.mark.parametrize("ends", ["judge goes on", "judge begins anew"])
def test_what_waits_is_judged_though_nobody_speaks_after_a_restart(three, ends):
    """The first three that come are no firing, and take the last one's company: only the watermark tells what is."""
    three.send(700).send(1).send(701).send(702)
    assert three.alerts() == []
    if ends == "judge begins anew":
        three.restart()
    for _ in range(3):
        three.judge.settle()
        three.now += correlating.IDLE_NS + SECOND
    assert three.alerts() == [("many", "confirmed", [700, 701, 702])]


def test_what_waits_for_one_host_is_judged_though_it_says_nothing_after_a_restart(hosted):
    hosted.send(700).send(1).send(701).send(702).restart().send(1, host=OTHER)
    for _ in range(3):
        hosted.judge.settle()
        hosted.now += correlating.IDLE_NS + SECOND
    assert ("many", "confirmed", [700, 701, 702]) in hosted.alerts()


def test_a_clock_that_runs_ahead_moves_no_watermark(three):
    three.send(1).send(3_600 * 24 * 365, host=OTHER, user="binh").send(2, 3)
    assert three.judge.correlating.all_counts()["late"] == 2, "of all hosts: by the time that it was received"
    assert three.alerts() == [("many", "confirmed", [1, 2, 3])]


def test_what_comes_too_late_is_counted_and_changes_nothing(three):
    week = correlating.KEEP_NS // SECOND
    three.send(-week - 10, -week - 9, -week - 8)
    assert len(three.alerts()) == 1, "not late: nothing later was applied"
    three.send(1000).send(-week - 1000, -week - 999, -week - 998, lane=1)
    assert len(three.alerts()) == 1
    assert three.judge.correlating.all_counts()["members_too_late"] == 3


def test_rules_that_change_begin_anew_and_others_go_on(three, author):
    correlation(author, "other", [author.base], number=2)
    three.send(1, 2)
    correlation(author, "many", [author.base], condition="{gte: 2}")
    publish(three.store, three.state, author.sign())
    three.judge.in_force.refresh(NOW)
    three.send(3)
    assert three.alerts() == []
    three.send(4)
    assert three.alerts() == [("many", "provisional", [3, 4])]
    correlation(author, "many", [author.base], condition="{gte: 5}")
    publish(three.store, three.state, author.sign())
    three.judge.in_force.refresh(NOW)
    three.send(5)
    assert three.alerts() == [("many", "confirmed", [3, 4]), ("other", "provisional", [3, 4, 5])]


def test_rules_without_correlations_take_their_rows_away(three, author):
    three.send(1, 2)
    (author.rules / "many.yml").unlink()
    publish(three.store, three.state, author.sign())
    three.judge.in_force.refresh(NOW)
    three.send(3)
    assert [title for title, *_ in three.alerts()] == ["Rule 1"]
    assert count(three.store, MemberRow) == 0


def count(store, table):
    with database.reading(store) as s:
        return s.scalar(select(func.count()).select_from(table))


def test_without_content_nothing_is_taken_away(three, monkeypatch):
    three.send(1, 2)
    fresh = three.started()
    fresh.in_force.rules = type(fresh.in_force.rules)()
    three.judge = fresh
    three.send(3)
    assert count(three.store, MemberRow) == 2


@pytest.mark.slow
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # where the process looks for it
def test_killed_while_it_works_it_loses_and_doubles_nothing(three):
    """A real process, kill -9 in the midst of its work, several times."""
    sent = 0
    for _ in range(4):
        process = spawn(three.state)
        wait_until(three.state.ready("judge").exists, process, "it was ready")
        at = ingest.read_cursor(three.state, "judge")
        for _ in range(60):
            three.send(sent, judge=False)
            sent += 1
        bell.ring(three.state.run, "judge")
        wait_until(lambda at=at: ingest.read_cursor(three.state, "judge") > at, process, "it had begun")
        process.kill()
        process.wait(10)
    three.restart().judge.drain()
    three.send(sent + 1_000, user="binh")
    assert [(stage, seconds) for _, stage, seconds in three.alerts()] == [
        ("confirmed", [first, first + 1, first + 2]) for first in range(0, sent, 3)
    ]
