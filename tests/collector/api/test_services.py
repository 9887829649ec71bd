import dataclasses

import pytest

from tests.tools.console import Console


def test_what_routes_work_with_cannot_be_exchanged(console: Console):
    with pytest.raises(dataclasses.FrozenInstanceError):
        console.services.credential = "x"


def test_the_clock_is_nanoseconds(console: Console):
    assert dataclasses.replace(console.services).now() == console.clock.ns
