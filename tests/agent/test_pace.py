from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent import pace
from tramgac_agent.config import AgentConfig

CONFIG = AgentConfig(flush_security_s=30, flush_bulk_s=40, flush_quiet_s=120)
SECOND = 10**9
PLAIN, QUIET = {1: 0, 2: 30 * SECOND, 3: 40 * SECOND}, {1: 0, 2: 120 * SECOND, 3: 120 * SECOND}
HEAD = "Iface\tDestination\tGateway\n"


@pytest.mark.parametrize(
    ("metered", "modem", "waits"),
    [("auto", False, PLAIN), ("auto", True, QUIET), ("no", True, PLAIN), ("yes", False, QUIET)],
)
def test_where_bytes_cost_money_events_wait_longer(metered, modem, waits):
    assert pace.waits(replace(CONFIG, metered=metered), hour=12, modem=modem) == waits


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))
def test_at_night_events_wait_longer(begin, end, hour):
    night = hour in [(begin + n) % 24 for n in range((end - begin) % 24)]
    config = replace(CONFIG, night_from_h=begin, night_until_h=end)
    assert pace.waits(config, hour=hour, modem=False) == (QUIET if night else PLAIN)


@given(*[st.floats(0, 1_000)] * 3, st.booleans())
def test_urgent_events_wait_as_is_said_and_no_wait_becomes_shorter(security, bulk, quiet, modem):
    config = AgentConfig(flush_security_s=security, flush_bulk_s=bulk, flush_quiet_s=quiet)
    waits = pace.waits(config, hour=12, modem=modem)
    assert waits[1] == 0
    assert all(waits[lane] >= config.flush_ns[lane] for lane in (2, 3))


@pytest.mark.parametrize(
    ("route", "uevent", "modem"),
    [
        ("wwan0\t00000000\t0101A8C0\n", "DEVTYPE=wwan\nINTERFACE=wwan0\n", True),
        ("ppp0\t00000000\t00000000\n", "INTERFACE=ppp0\n", True),
        ("eth0\t00000000\t0101A8C0\nwwan0\t00000000\t0101A8C0\n", "DEVTYPE=wwan\n", False),
        ("eth0\t0001A8C0\t00000000\n", "INTERFACE=eth0\n", False),
        ("gone0\t00000000\t0101A8C0\n", None, False),
        ("", None, False),
    ],
)
def test_a_modem_is_what_the_default_route_goes_through(tmp_path, route, uevent, modem):
    (tmp_path / "route").write_text(HEAD + route)
    for name in ("wwan0", "ppp0"):
        if uevent is not None:
            (tmp_path / name).mkdir()
            (tmp_path / name / "uevent").write_text(uevent)
    (tmp_path / "eth0").mkdir()
    (tmp_path / "eth0/uevent").write_text("INTERFACE=eth0\n")
    assert pace.through_modem(tmp_path / "route", tmp_path) is modem
    assert pace.through_modem(tmp_path / "absent", tmp_path) is False


def test_now_is_the_waits_of_this_moment():
    assert pace.now(replace(CONFIG, metered="yes")) == QUIET
    assert pace.now(replace(CONFIG, metered="no")) == PLAIN
    assert 0 <= pace.jitter() < 1
