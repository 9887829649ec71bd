"""What the road's tests share."""

from random import Random

import pytest


@pytest.fixture
def rnd():
    """Luck that is the same at each run."""
    return Random(20260101)
