"""Another number of judges, while there is work left; and several judges against one, killed at any time."""

import random
from functools import partial

import pytest
from sqlalchemy import event, select
from tramgac_collector import database, ingest
from tramgac_collector.judge_schema import JudgeRow
from tramgac_collector.judging import ahead, correlating, levelling, tide
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging.levelling import Heir
from tramgac_collector.judging.place import cursors
from tramgac_collector.schema import CursorRow

from tests.collector.authored import Author
from tests.collector.judging.correlated import correlation
from tests.collector.judging.feed import HOST, OTHER, start
from tests.collector.judging.several import Several

HOSTS = (HOST, OTHER, "c3" * 16, "d5" * 16, "e7" * 16)


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.base = made.sigma("evil")
    correlation(made, "many", [made.base])
    correlation(made, "few", [made.base], number=2, condition="{lt: 3}", span="2m")
    correlation(made, "chain", ["many", "few"], number=3, kind="temporal", span="1h", condition="{gte: 2}")
    correlation(made, "here", [made.base], number=4, group_by="Computer, User", span="2m", condition="{gte: 2}")
    correlation(made, "spread", ["here"], number=5, span="2h", condition="{gte: 2}")
    return made


@pytest.fixture
def site(store, state, author):
    made = Several(store, state, author, *HOSTS)
    yield made
    made.close()


def fill(site, dice, count=30):
    """Events of some users on all hosts, about in order, some urgent, some of another lane much later."""
    lanes = random.Random(count)
    for number in range(count):
        late = dice.choice([0, 0, 0, 0, 700])
        second = max(0, number * dice.choice([7, 15, 40]) - late)
        user, host = dice.choice(["an", "binh"]), dice.choice(HOSTS)
        site.send(second, host=host, user=user, lane=3 if late else lanes.choice([1, 2, 2]), judge=False)


@pytest.mark.parametrize("seed", [1, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 40)]])
def test_several_judges_find_what_one_finds(site, seed, monkeypatch):
    """Whoever is ahead of whom, killed or one of another number, within the lateness and beyond it."""
    dice = random.Random(seed)
    monkeypatch.setattr(consuming, "ENTRIES", 3)
    fill(site, dice)
    best = site.anew(1).end().found()
    monkeypatch.setattr(ahead, "NEAR", 4)  # from now on what is urgent is judged first
    assert {title for _, title, *_ in best[0]} == {"chain", "spread"}
    late = dice.choice([0, 10**13, tide.LATE_NS])
    monkeypatch.setattr(correlating, "LATE_NS", late)
    monkeypatch.setattr(tide, "LATE_NS", late)
    site.anew(dice.choice([2, 3]))
    for _ in range(12):
        number = dice.randint(1, site.of)
        site.work(number)
        match dice.randint(0, 5):
            case 0:
                site.begin(number)
            case 1:
                site.change(dice.choice([1, 2, 3]))
    assert site.end().found() == best


def test_a_crash_at_any_statement_of_any_of_them_loses_and_doubles_nothing(site, store, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 4)
    fill(site, random.Random(7), 14)
    best = site.anew(1).end().found()
    monkeypatch.setattr(ahead, "NEAR", 2)
    site.anew(2)

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
    for step in range(4, 160, 13):
        for number in (1, 2):
            left[0] = step
            try:
                site.begin(number)
                site.work(number)
            except Crash:
                crashes += 1
    event.remove(store, "before_cursor_execute", strike)
    assert crashes > 5
    for number in (1, 2):
        site.begin(number)
    assert site.end().found() == best


def test_the_first_judges_begin_where_the_log_does(site):
    site.anew(2)
    with database.reading(site.store) as s:
        assert cursors(s) == {"judge-1-of-2": 0, "judge-2-of-2": 0}


def test_what_each_of_the_former_had_not_taken_is_judged_once(site):
    site.anew(2)
    for second, host in enumerate(HOSTS):
        site.send(second, host=host, user=host, judge=False)
    site.work(2)
    before = site.judges[2].counts["events"]
    assert 0 < before < len(HOSTS)
    heir = site.consumer(Heir())
    levelling.level(heir, 3)
    assert heir.counts["events"] == len(HOSTS) - before
    with database.reading(site.store) as s:
        end = ingest.head(site.state)
        assert cursors(s) == {f"judge-{number}-of-3": end for number in (1, 2, 3)}
        assert not s.scalars(select(JudgeRow)).all()
    assert ingest.consumers(site.state) == ("store", "judge", "judge-2", "judge-3")
    site.change(1)
    assert ingest.consumers(site.state) == ("store", "judge")


def test_judges_that_still_run_find_that_others_have_their_place(site):
    site.anew(2)
    former = dict(site.judges)
    site.change(3)
    site.send(1, judge=False)
    for judge in former.values():
        for work in (partial(judge._pass, ingest.head(site.state)), judge.drain):
            with pytest.raises(OSError, match="another judge"):
                work()
            judge.lost()


def test_a_former_judge_that_moves_on_meanwhile_ends_the_attempt(site):
    site.anew(2)
    heir = site.consumer(Heir())
    heir.begin()
    site.feed.send(start("evil"))
    site.work(1)
    site.work(2)
    with pytest.raises(OSError, match="another judge"):
        heir.inherit()
    heir.lost()
    levelling.level(heir, 1)
    with database.reading(site.store) as s:
        assert cursors(s) == {"judge": ingest.head(site.state)}


def test_cursors_that_are_those_of_no_number_of_judges_are_told(site):
    with database.session(site.store) as s:
        s.add(CursorRow(name="judge-2-of-3", position=1))
    with pytest.raises(OSError, match="not the cursors of so many judges: judge, judge-2-of-3"):
        levelling.level(site.consumer(Heir()), 2)
