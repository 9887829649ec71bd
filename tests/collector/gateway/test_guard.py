from tramgac_collector.gateway import limits
from tramgac_collector.gateway.guard import Guard


def test_a_host_s_meter_outlives_its_streams_and_is_its_own():
    guard = Guard(100.0, 1e6, clock=lambda: 5.0)
    assert guard.meter("a") is guard.meter("a")
    most = limits.OFFENCES["limit"][0]
    assert [guard.struck("a", "limit") for _ in range(most)] == [*[False] * (most - 1), True]
    assert not guard.struck("b", "limit")


def test_whoever_is_released_begins_anew_and_others_stay():
    guard = Guard(100.0, 1e6, clock=lambda: 5.0)
    most = limits.OFFENCES["limit"][0]
    for _ in range(most - 1):
        guard.struck("a", "limit")
        guard.struck("b", "limit")
    guard.learn({"a": (9, "limit"), "b": (9, "limit")})
    guard.learn({"b": (9, "limit")})
    assert guard.held == {"b": 9}
    assert not guard.struck("a", "limit")
    assert guard.struck("b", "limit")
