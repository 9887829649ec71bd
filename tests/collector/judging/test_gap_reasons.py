import pytest
from tramgac_collector import database, hosts
from tramgac_collector.hosts import Gap
from tramgac_collector.judging.gap_reasons import GIVEN_UP, HEAD, RESTORED, reason
from tramgac_collector.schema import CounterRow, HostRow, LedgerRow

HOST, LANE = "a" * 32, (5, 2)


@pytest.fixture
def s(store, now):
    with database.session(store) as opened:
        row = HostRow(id=HOST, hostname="pc", os_type="linux", agent_version="0", site="", serial="1", enrolled=now)
        opened.add(row)
        opened.flush()
        yield opened


def test_before_any_restore_the_agent_gave_up_what_is_missing(s):
    assert reason(s, HOST, LANE, 4, 9) == GIVEN_UP


def test_after_a_restore_what_the_agent_did_not_give_up_was_lost_with_the_collector(s, now):
    s.add(CounterRow(name=HEAD, value=7))
    s.flush()
    assert reason(s, HOST, LANE, 4, 6) == GIVEN_UP  # it stands in the backup's own log
    assert reason(s, HOST, LANE, 4, 7) == RESTORED
    dropped = {"spool_full": 3, "spool_age": 2}
    s.add(LedgerRow(host=HOST, epoch=f"{5:016x}", lane=2, time=1, emitted=9, acked=4, spooled=0, dropped=dropped))
    s.flush()
    assert reason(s, HOST, LANE, 5, 7) == GIVEN_UP
    hosts.record_gap(s, HOST, Gap(*LANE, 1, 1, GIVEN_UP), now)
    assert reason(s, HOST, LANE, 5, 7) == RESTORED
