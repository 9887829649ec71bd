import json
import socket

import pytest
from tramgac_collector import clock as clocks
from tramgac_collector import database, firewall
from tramgac_collector.cli import doctor_running as doctor
from tramgac_collector.cli.client import Client
from tramgac_collector.config import CollectorConfig
from tramgac_collector.export import notes
from tramgac_collector.ingest import tell_cursor
from tramgac_collector.notify import keeping
from tramgac_collector.tallies import Teller

from tests.collector.ingest.test_log import Lane, open_log, put
from tests.collector.notify.briefs import notice
from tests.collector.notify.test_settings import WHOLE
from tests.collector.proof.logs import Host
from tests.collector.proof.logs import open_log as open_signed
from tests.tools.console import Console

NOW = 1_790_000_000_000_000_000


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(clocks, "kept", lambda: True)


def clock_of(median: float, hosts: int = 10, *, ours: bool = False):
    return {"clock": {"hosts": hosts, "median_s": median, "alike": hosts, "ours": ours}}


def test_whose_clock_is_wrong(monkeypatch):
    assert doctor.clock(clock_of(0, 0)) == ("clock", True, "no host to compare with")
    assert doctor.clock(clock_of(0.25)) == ("clock", True, "the middle one of 10 hosts' clocks is 0.2 s behind ours")
    _, ok, what = doctor.clock(clock_of(-3600, ours=True))
    assert not ok
    assert what.startswith("the clocks of 10 of 10 hosts are 3600.0 s ahead of this machine's and agree")
    monkeypatch.setattr(clocks, "kept", lambda: False)
    assert doctor.clock(clock_of(0))[2].endswith(
        "; no time service keeps this machine's clock: timedatectl set-ntp true"
    )
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "đồng hồ máy này sai" in doctor.clock(clock_of(-3600, ours=True))[2]


@pytest.mark.enable_socket
def test_ports(state):
    with socket.create_server(("127.0.0.1", 0)) as open_one, socket.create_server(("127.0.0.1", 0)) as shut:
        answers, refuses = open_one.getsockname()[1], shut.getsockname()[1]
        shut.close()
        config = CollectorConfig(session_listen=f"0.0.0.0:{answers}", console_listen="127.0.0.1:0")
        told = {"console": f"http://127.0.0.1:{refuses}"}
        assert [row[:2] for row in doctor.ports(state, config, told)] == [("port console", False)]
        state.gateway.write_text(json.dumps({"session": answers, "enrol": refuses}))
        session, enrol, console = doctor.ports(state, config, told)
    assert session == ("port session", True, f"0.0.0.0:{answers} answers")
    assert (enrol[1], console[1]) == (False, False)
    assert "(Connection refused): see the role's log" in enrol[2]


def test_whether_a_firewall_bounds_who_connects_is_advice(state, monkeypatch):
    def seen(here, **listens):
        def looked():
            if isinstance(here, OSError):
                raise here
            return frozenset(here)

        monkeypatch.setattr(firewall, "bounded", looked)
        return list(doctor.firewall(state, CollectorConfig(**listens)))

    both = {"session_listen": "0.0.0.0:8444", "enrol_listen": "[::]:8443"}
    assert seen([8443, 8444, 22], **both) == [
        ("firewall", True, "new connections of one address to 8443, 8444 are bounded")
    ]
    ((_, well, what),) = seen([8443], **both)
    assert (well, what.startswith("no rule of ours bounds how often one address connects to 8444, and")) == (True, True)
    assert f"tramgac collector firewall --state {state.root} | nft -f -" in what
    ((_, well, what),) = seen(PermissionError(1, "Operation not permitted"), **both)
    assert (well, "cannot look" in what, "(nft: Operation not permitted)" in what) == (True, True, True)
    assert [what.count("8443") for *_, what in seen([], enrol_listen="0.0.0.0:8443")] == [1], "the other one is ours"
    assert seen([]) == seen([], roles=["judge"], **both) == seen([], session_listen="0.0.0.0:0") == []
    state.gateway.write_text(json.dumps({"session": 8444}))
    assert "to 8444, and" in seen([], session_listen="0.0.0.0:0")[0][2]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert seen([], **both)[0][2].startswith("không có luật nào của ta giới hạn số kết nối mới")


def test_whether_the_database_suits_so_many_hosts():
    sqlite, postgresql = CollectorConfig(), CollectorConfig(database_url="postgresql+psycopg://tramgac@db/tramgac")
    assert doctor.database(sqlite, {"hosts": 2_000}) == ("database", True, "SQLite, 2000 hosts")
    what, well, said = doctor.database(sqlite, {"hosts": 2_001})
    assert (what, well) == ("database", False)
    assert said.startswith("2001 hosts on SQLite")
    assert doctor.database(postgresql, {"hosts": 9_000}) == ("database", True, "PostgreSQL, 9000 hosts")


def test_what_came_last_and_who_is_behind(state):
    assert doctor.last_event(state, {"connected": 0}, NOW) == (
        "last event",
        True,
        "nothing came yet; 0 hosts are connected",
    )
    assert not doctor.last_event(state, {"connected": 2}, NOW)[1]
    log, lane = open_log(state), Lane()
    for _ in range(3):
        put(log, lane).result(10)
    received = max(entry.received for entry in doctor_entries(state))
    soon, late = received + 30 * 10**9, received + 700 * 10**9
    assert doctor.last_event(state, {"connected": 2}, soon)[1:] == (True, "30 s ago; 2 hosts are connected")
    assert doctor.last_event(state, {"connected": 0}, late)[1]
    assert "say something each minute: see" in doctor.last_event(state, {"connected": 2}, late)[2]
    tell_cursor(state, "store", 1 << 40)
    assert [row[:2] for row in doctor.behind(state, soon)] == [("lag store", True), ("lag judge", True)]
    store, judge = doctor.behind(state, late)
    assert store == ("lag store", True, "nothing waits")
    assert not judge[1]
    assert "alerts come late" in judge[2]
    log.close()


def doctor_entries(state):
    from tramgac_collector.ingest import consume

    return list(consume(state, 0))


def test_who_is_told(running: Console):
    paths, client = running.services.paths, Client(running.services.paths.root)
    seen = lambda now=NOW / 1e9: doctor.notifications(client, now)  # noqa: E731 - asked again and again
    assert seen()[1:] == (
        True,
        f"nobody is told of alerts: write {paths.notify} (docs/operating.md), `tramgac notify check`",
    )
    paths.notify.write_text(WHOLE)
    assert seen()[1:] == (True, "soc, chat, siem: 0 alerts were told")
    with database.session(running.engine) as s:
        keeping.numbered(s, "soc", 2)
        keeping.store(s, "soc", [notice(3)])
    assert seen()[1]
    assert seen(NOW / 1e9 + doctor.LATE_S + 1)[2].startswith("3 alerts wait for soc since 2026-09-21T")
    with database.session(running.engine) as s:
        keeping.sent(s, "soc", [notice(3)], NOW, "nobody@example.vn: 550")
    assert seen()[2] == "soc took the last message in part (nobody@example.vn: 550): correct notify.toml"
    with database.session(running.engine) as s:
        keeping.given_up(s, "soc", [notice(3)])
        keeping.failed(s, "soc", "h:25: down", 1)
        keeping.store(s, "gone", [notice(4)])
    assert not seen()[1]
    assert "3 alerts were given up for soc (h:25: down): mend it" in seen()[2]
    assert "4 alerts wait for gone, which notify.toml has no more" in seen()[2]
    paths.notify.write_text("x = ")
    assert "is no TOML" in seen()[2]


def test_how_old_the_backup_is(state):
    assert doctor.backup(state, NOW) == ("backup", True, "none was taken yet: tramgac collector backup --to PATH")
    state.last_backup.write_text(json.dumps({"taken": NOW - 3_600 * 10**9}))
    assert doctor.backup(state, NOW) == ("backup", True, "taken 1 h ago")
    state.last_backup.write_text(json.dumps({"taken": NOW - 9 * 86_400 * 10**9}))
    assert not doctor.backup(state, NOW)[1]
    state.last_backup.write_text("x")
    assert "cannot be read (JSONDecodeError)" in doctor.backup(state, NOW)[2]


def test_who_takes_exports(state, monkeypatch):
    assert list(doctor.exports(state)) == []
    state.export_settings.write_text("")
    targets = [notes.Note("siem", "sends", 3), notes.Note("elk", "away", 9, "it is down", "nó ngừng", 1)]
    notes.leave(state, targets[:1], None, 1)
    assert list(doctor.exports(state)) == [("export", True, "siem: taken as it comes")]
    notes.leave(state, targets, ("wrong file", "tệp sai"), 1)
    what = "wrong file; elk does not take what it is given (it is down); 9 wait"
    assert list(doctor.exports(state)) == [("export", False, what)]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert next(doctor.exports(state))[2].startswith("tệp sai; elk không nhận dữ liệu (nó ngừng)")


def test_how_late_the_gateways_loop_is(state):
    assert list(doctor.loop(state)) == []
    Teller(state, "gateway").tell({}, {"loop_lag_s": 0.0123})
    assert list(doctor.loop(state)) == [("gateway loop", True, "of late at most 12 ms behind")]
    Teller(state, "gateway").tell({}, {"loop_lag_s": 1.5})
    ((_, ok, what),) = doctor.loop(state)
    assert not ok
    assert what.startswith("1500 ms late: agents wait so long")


def test_what_hosts_signed_at_the_end_of_the_log_hides_no_batch(state):
    log, host = open_signed(state), Host()
    host.send(log, received=NOW)
    for _ in range(5):
        host.sign(log)
    log.close()
    assert doctor.last_event(state, {"connected": 2}, NOW + 30 * 10**9)[1:] == (
        True, "30 s ago; 2 hosts are connected",
    )  # fmt: skip
