import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector import database, hosts, tokens
from tramgac_collector.events import hold, retention
from tramgac_collector.events.retention import Held, Policy, policy_of
from tramgac_collector.logs import Counts

from tests.collector.events.test_rollups import ROWS
from tests.collector.station import settings

NOVEMBER_1 = dt.date(2026, 11, 1)
HOUR = 3_600_000_000_000
HOSTS = ("h1", "h2", "h3")
KINDS = ("process_start", "file_create", "health")


def policies():
    lengths = st.integers(1, 40)
    return st.builds(
        Policy,
        lengths,
        st.dictionaries(st.sampled_from(KINDS[:2]), lengths),
        st.sampled_from((0, 2)),
        st.dictionaries(st.sampled_from(HOSTS[:2]), st.sampled_from((0, 2, 3))),
    )


def says(policy, age, host, kind):
    """What the condition says of a row, by its clauses in Python."""
    expired = policy.expired(age)
    if expired is None:
        return False
    row = {"host": host, "kind": kind}
    for clause in expired.clauses:
        name, *operator, parameter = clause.split(" ")
        named = expired.parameters[parameter.strip("{}").partition(":")[0]]
        if (row[name] in named) == (operator == ["NOT", "IN"]):
            return False
    return True


@given(policies(), st.integers(0, 120))
def test_what_expires_is_what_is_not_kept(policy, age):
    for host in HOSTS:
        for kind in KINDS:
            assert says(policy, age, host, kind) == (policy.keeps(host, kind) < age)
    if age > policy.longest:
        assert says(policy, age, "any", "other")


def test_a_level_keeps_everything_at_least_so_long():
    policy = Policy(10, {"file_create": 3}, 4, {"h1": 5})
    assert (policy.keeps("h1", "file_create"), policy.keeps("h2", "file_create")) == (366, 184)
    assert policy.longest == 366
    assert policy.expired(184) is None


def test_the_policy_is_settings_sites_and_holds(store, now):
    with database.session(store) as s:
        for number, site in enumerate(("so-tai-chinh", "elsewhere")):
            _, token = tokens.create(s, uses=1, ttl_s=60, site=site, by="an", now=now)
            hosts.enrol(s, f"{number:032}", f"pc-{number}", "linux", "1", f"{number:02}", token, now)
        hold.place(s, host="h9", since=5, until=7, by="an", why="w", now=now)
        config = settings(
            retention_kinds=("file_create=5",), system_level=3, site_levels=("so-tai-chinh=4", "elsewhere=3")
        )
        assert policy_of(s, config) == Policy(90, {"file_create": 5}, 3, {f"{0:032}": 4}, (Held("h9", 5, 7),))


@pytest.mark.enable_socket
def test_days_are_dropped_rows_are_deleted_and_what_is_held_stays(client):
    client.command(ROWS, parameters={"from": 0})  # of November 1 and 2
    counts = Counts()
    assert retention.days(client) == [NOVEMBER_1, NOVEMBER_1 + dt.timedelta(1)]
    short = Policy(30, {"network_connection": 9}, 0, {"h3": 2})
    assert retention.retain(client, short, NOVEMBER_1 + dt.timedelta(10), counts)
    _settle(client)
    rest = "SELECT toDate(ingested) AS day, countIf(kind = 'network_connection'), uniqIf(host, kind != 'process_start')"
    rest += " FROM events GROUP BY day ORDER BY day"
    first, second = client.query(rest).result_rows
    assert first[1:] == (counts_of("h3"), 1)  # its site's level keeps them
    assert second[2] > 1  # a day younger
    since = int(dt.datetime(2026, 11, 1, 3, tzinfo=dt.UTC).timestamp()) * 10**9
    held = Policy(1, holds=(Held("h5", since, since + HOUR),))
    assert retention.retain(client, held, NOVEMBER_1 + dt.timedelta(60), counts)
    _settle(client)
    kept = client.query("SELECT DISTINCT host, toStartOfHour(time) FROM events").result_rows
    assert kept == [("h5", dt.datetime(2026, 11, 1, 3))]  # noqa: DTZ001 - as the client gives it
    assert counts["partitions_dropped"] == 1
    assert retention.retain(client, Policy(1), NOVEMBER_1 + dt.timedelta(60), counts)
    assert (retention.days(client), counts["partitions_dropped"]) == ([], 2)
    assert counts["events_expired"] == 500


def counts_of(host):
    rows = [n for n in range(500) if f"h{n % 13}" == host and n % 3 == 0 and n % 40 < 24]
    return len(rows)


def _settle(client):
    deadline = time.monotonic() + 30
    while client.query(retention._BUSY, parameters={"table": "events"}).first_row[0]:
        assert time.monotonic() < deadline
