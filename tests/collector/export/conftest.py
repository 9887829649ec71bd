"""A log that hosts speak into, a control store, and targets in memory."""

from collections.abc import Iterator

import pytest
from tramgac_collector.paths import StatePaths

from tests.collector.judging.feed import Feed


@pytest.fixture
def feed(state: StatePaths) -> Iterator[Feed]:
    state.log_id.write_text("00000000000000ab")
    made = Feed(state)
    yield made
    made.log.close()
