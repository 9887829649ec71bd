import pytest
from tramgac_collector import clock, database
from tramgac_collector.clock import Clocks, kept
from tramgac_collector.schema import HostRow

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("skews", "median", "ours"),
    [
        ([], 0, False),
        ([60, 60], 60, False),  # two hosts prove nothing
        ([0.1, -0.2, 0.05], 0.05, False),
        ([60.1, 60.3, 59.9, 0], 60.0, True),
        ([-3600, -3600.5, -3601], -3600.5, True),
        ([60, -300, 7200, 10], 35, False),  # each off by its own
        ([4, 4, 4], 4, False),
    ],
)
def test_whose_clock_is_wrong(skews, median, ours):
    found = Clocks.made_of(skews)
    assert (found.hosts, found.median, found.ours) == (len(skews), pytest.approx(median), ours)


def test_hosts_that_spoke_of_late_are_compared(store, now):
    def host(number: int, last_seen: int, skew: int, *, active: bool = True) -> HostRow:
        named = {"id": f"{number:032x}", "hostname": f"pc-{number}", "serial": f"{number}"}
        told = {"os_type": "linux", "agent_version": "0", "site": "", "enrolled": 1}
        return HostRow(**named, **told, active=active, last_seen=last_seen, skew=skew)

    with database.session(store) as s:
        s.add_all(host(number, now - number * SECOND, 60 * SECOND) for number in range(5))
        s.add(host(7, now - clock.RECENT_NS, 1))
        s.add(host(8, now, 1, active=False))
        assert Clocks.of(s, now) == Clocks(5, 60.0, 5)


def test_the_kernel_is_asked_who_keeps_the_clock():
    assert kept() in {True, False, None}
