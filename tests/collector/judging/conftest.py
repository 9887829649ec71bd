"""A judge with hosts, rules and a log of its own."""

from pathlib import Path

import pytest
from tramgac_collector.judging.consumer import Consumer
from tramgac_collector.judging.loading import InForce

from tests.collector.authored import Author
from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, alerts_of, publish

HERE = Path(__file__).parent
ALWAYS = ("test_consumer.py", "test_correlation_rows.py", "test_writing.py")


def pytest_collection_modifyitems(items):
    """On PostgreSQL too with --slow; what the judge writes through runs on both databases always."""
    for item in items:
        where = getattr(item, "callspec", None)
        ours = item.path.parent == HERE and item.path.name not in ALWAYS
        if ours and where and "postgresql" in where.params.values():
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.sigma("evil")
    return made


@pytest.fixture
def feed(state):
    made = Feed(state)
    yield made
    made.log.close()


@pytest.fixture
def ready(store, state, author):
    """Hosts and content."""
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    return store


def started(store, state):
    in_force = InForce(state, store)
    in_force.begin()
    in_force.refresh(NOW)
    made = Consumer(state, store, in_force, clock=lambda: NOW + 700_000_000)
    made.begin()
    return made


def sequences(store):
    return sorted(alert.events[0]["id"]["sequence"] for alert in alerts_of(store))
