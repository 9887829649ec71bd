"""What leaves for other systems looks as it did: a change is seen, and meant."""

import pytest
from tramgac_collector.export.formats import FORMATS

from tests.golden.exported import FOLDER, lines


@pytest.mark.parametrize("name", FORMATS)
def test_records_look_as_they_did(name):
    assert lines(name) == (FOLDER / f"{name}.txt").read_text("utf-8"), "meant? python -m tests.golden.exported"
