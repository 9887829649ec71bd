import pytest
from sqlalchemy import func, select
from tramgac_collector import database
from tramgac_collector.correlation_schema import MemberEventRow, MemberRow, WindowRow
from tramgac_collector.judging import correlation_trim

from tests.collector.authored import Author
from tests.collector.judging.correlated import SECOND, Site, correlation
from tests.collector.judging.feed import HOST, NOW, OTHER, publish
from tests.collector.judging.several import Several


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


def count(store, table):
    with database.reading(store) as s:
        return s.scalar(select(func.count()).select_from(table))


def test_what_nothing_can_need_any_more_is_taken_out(three):
    three.send(1, 2, 3, 400)
    for late_by, left in (
        (0, (4, 1, 4)),
        (correlation_trim.KEEP_NS, (4, 1, 4)),
        (2 * correlation_trim.KEEP_NS, (0, 0, 0)),
    ):
        three.now = NOW + late_by
        three.judge._tidied = 0
        three.judge.tidy()
        assert tuple(count(three.store, table) for table in (MemberRow, WindowRow, MemberEventRow)) == left


def test_members_are_bounded_and_what_is_given_up_is_counted(three, monkeypatch):
    monkeypatch.setattr(correlation_trim, "MOST_MEMBERS", 8)
    for user in range(9):
        three.send(user, user=f"user{user}")
    three.judge.tidy()
    assert count(three.store, MemberRow) == 6
    assert three.judge.correlating.all_counts()["members_given_up"] == 3


def test_a_chain_keeps_what_it_may_need_of_its_links(store, state, author):
    correlation(author, "many", [author.base])
    correlation(author, "chain", ["many"], number=2, condition="{gte: 2}", span="30d")
    site = Site(store, state, author)
    site.send(1, 2, 3)
    site.now += 20 * 86_400 * SECOND
    site.judge.tidy()
    assert count(store, MemberEventRow) == 3
    site.close()


def test_of_several_judges_one_takes_out_and_waits_until_all_have_the_same_content(store, state, author):
    """Else rows of what one knows already would be taken away by another that does not yet."""
    correlation(author, "many", [author.base])
    site = Several(store, state, author, HOST, OTHER).anew(2)
    site.send(1, host=HOST, judge=False).send(2, host=OTHER, judge=False)
    for number in (1, 2, 1, 2):
        site.work(number)
    assert count(store, MemberRow) == 2
    (author.rules / "many.yml").unlink()
    publish(store, state, author.sign())
    for late in (2, 1):  # who takes the new content first
        site.judges[late].in_force.refresh(NOW)
        for number in (1, 2):
            site.send(3, host=HOST, judge=False).send(4, host=OTHER, judge=False)
            site.work(number)
        for number in (1, 2):
            site.judges[number]._tidied = 0
            site.judges[number].tidy()
        known = site.judges[1].in_force.rules.correlations.all
        assert (count(store, MemberRow) > 0) == bool(known)
    site.close()
