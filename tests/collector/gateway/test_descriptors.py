import resource

import pytest
from tramgac_collector.gateway import descriptors


@pytest.mark.parametrize(
    ("limits", "streams", "after", "warned"),
    [
        ((1_024, 524_288), 5_000, 11_000, False),
        ((1_024, 8_000), 5_000, 8_000, False),
        ((1_024, 4_096), 5_000, 4_096, True),
        ((1_024, resource.RLIM_INFINITY), 5_000, 11_000, False),
        ((50_000, 524_288), 5_000, 50_000, False),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), 5_000, resource.RLIM_INFINITY, False),
    ],
)
def test_the_limit_is_raised_as_far_as_it_may_be(monkeypatch, capsys, limits, streams, after, warned):
    now = list(limits)
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: now.__setitem__(slice(None), wanted))
    assert descriptors.provide(streams) == after
    assert now == [after, limits[1]]
    assert ("LimitNOFILE" in capsys.readouterr().out) is warned


def test_it_can_be_done_here():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert descriptors.provide(10) == min(1_020, before[1])
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(1_020, before[1]), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
