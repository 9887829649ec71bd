import resource

import pytest
from tramgac_collector.gateway import descriptors

NONE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("limits", "after", "room"),
    [
        ((1_024, 524_288), 11_000, 5_000),
        ((1_024, 8_000), 8_000, 5_000),
        ((1_024, 4_096), 4_096, 3_096),
        ((256, 256), 256, 1),
        ((1_024, NONE), 11_000, 5_000),
        ((50_000, 524_288), 50_000, 5_000),
        ((NONE, NONE), NONE, 5_000),
    ],
)
def test_the_limit_is_raised_as_far_as_it_may_be(monkeypatch, capsys, limits, after, room):
    now = list(limits)
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: now.__setitem__(slice(None), wanted))
    assert descriptors.provide(5_000) == room
    assert now == [after, limits[1]]
    assert ("LimitNOFILE" in capsys.readouterr().out) is (room < 5_000)


def test_it_can_be_done_here():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert descriptors.provide(10) == 10
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_020, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
