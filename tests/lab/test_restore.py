"""What `./dev lab restore` judges its agents by."""

from types import SimpleNamespace

import pytest

pytest.importorskip("resource", reason="on Windows nothing tells the lane of processor time")

from tests.lab import restore


@pytest.mark.parametrize(("waiting", "good"), [(0, True), (1, False)])
def test_a_restore_is_well_when_each_agent_is_back(waiting, good):
    part = SimpleNamespace(poll=lambda: None)
    rests = [True] * (restore.AGENTS - 1) + [not waiting]
    agents = [SimpleNamespace(generator=part, uplink=part, at_rest=lambda rest=rest: rest) for rest in rests]
    site = SimpleNamespace(agents=agents, drain=lambda _seconds: not waiting)
    assert restore.returned(site) is good
