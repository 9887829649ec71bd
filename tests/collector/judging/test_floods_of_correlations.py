"""One host that floods correlations: it fills neither the rows of members nor the page with alerts."""

import pytest
from sqlalchemy import func, select
from tramgac_collector import database
from tramgac_collector.correlation_schema import MemberRow
from tramgac_collector.judging.allowance import Allowance

from tests.collector.authored import Author
from tests.collector.judging.correlated import Site, correlation
from tests.collector.judging.feed import HOST, OTHER, alerts_of


@pytest.fixture
def site(store, state, tmp_path):
    author = Author(tmp_path / "author")
    correlation(author, "many", [author.sigma("evil")], span="2s", condition="{gte: 2}")
    made = Site(store, state, author, HOST, OTHER)
    yield made
    made.close()


def allow(site, **limits):
    site.judge.allowance = site.judge.correlating.allowance = Allowance(**limits)


def titles(store):
    return sorted(alert.title for alert in alerts_of(store))


def test_alerts_of_a_correlation_are_bounded_a_host_and_told(site, store):
    allow(site, alerts=3)
    for number in range(8):
        site.send(number, number + 0.5, user=f"user{number}")
    site.send(400)
    assert titles(store).count("many") == 3
    assert [title for title in titles(store) if title != "many"] == [
        "A rule is met by one host more often than anybody can read"
    ]
    assert site.judge.counts["alerts_over_limit"] == 5, "each once, though it was provisional before"
    site.send(500, 500.5, host=OTHER)
    assert titles(store).count("many") == 4, "another host is free"


def test_members_are_bounded_a_host_and_told(site, store):
    allow(site, members=4)
    for number in range(10):
        site.send(number, user=f"user{number}")
    with database.reading(store) as s:
        assert s.scalar(select(func.count()).select_from(MemberRow)) == 4
    assert site.judge.correlating.all_counts()["members_over_limit"] == 6
    assert titles(store) == ["A host brings more events to a correlation than anybody could need"]
    site.send(20, 20.5, host=OTHER, user="user0")
    assert "many" in titles(store), "others are judged as ever"
