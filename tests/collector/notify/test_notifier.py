import shutil
import threading

import pytest
import structlog
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from tramgac_collector import alerts, database, outbox
from tramgac_collector.notify import keeping
from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.notifier import Notifier
from tramgac_collector.notify.queue import MINUTE, SECOND, SETTLE
from tramgac_collector.notify.words import Notify
from tramgac_collector.notify_schema import ChannelRow, NoticeRow
from tramgac_collector.pairs import Both
from tramgac_collector.schema import OutboxRow

from tests.collector.control_store import opened
from tests.collector.notify.servers import Hook, serving
from tests.tools.console import Clock

FILE = """
[[channel]]
name = "chat"
kind = "webhook"
url = "http://127.0.0.1:9/"
near = true
tries = 3

[[channel]]
name = "siem"
kind = "syslog"
server = "127.0.0.1:9"
transport = "udp"

[[route]]
channels = ["chat", "siem"]
language = "en"

[[route]]
channels = ["siem"]
severity = "low"
"""


class Here:
    """A notifier over a real control store, with senders that do as the test says."""

    def __init__(self, state, store) -> None:
        self.state, self.store, self.clock = state, store, Clock()
        self.told: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.remark: Both | None = None
        self.held = threading.Event()
        self.held.set()
        self.begin()

    def begin(self) -> None:
        """Start, or start again after a kill."""
        self.notifier = Notifier(self.state, self.store, "", lambda: 0.0, self.clock, self.sender)

    def sender(self, _paths, channel):
        here = self

        class Sender:
            def send(self, message) -> Both | None:
                assert here.held.wait(10)
                if channel.name in here.broken:
                    raise Undelivered(Notify.STATUS.both(host="h", port=1, status=503))
                here.told.append((channel.name, message.subject))
                return here.remark

        return Sender()

    def raise_alert(self, number: int, level: str = "high", rule: str = "r") -> None:
        with database.session(self.store) as s:
            event = alerts.EventCopy("a" * 32, 1, 1, number, "log_line", 1, 2, {"message": f"m{number}"})
            known = {"id": rule, "title": f"Rule {rule}", "level": level, "tags": []}
            alerts.raise_alert(s, alerts.Detection(known, "1", [event]), "pc-1", self.clock())

    def look(self, seconds: float = 0) -> None:
        """Let time pass, look, and wait for what is on its way."""
        self.clock.forward(seconds)
        self.notifier.look()
        self.finish()
        self.notifier.look()

    def finish(self) -> None:
        for thread in threading.enumerate():
            if thread.name.startswith("send "):
                thread.join(10)

    def rows(self) -> list[tuple[str, str, int]]:
        with database.reading(self.store) as s:
            return sorted((row.channel, row.state, row.count) for row in s.query(NoticeRow))


@pytest.fixture
def store(sqlite_template, tmp_path):
    """The control store; what depends on the database is shown on both in test_keeping.py."""
    shutil.copy(sqlite_template, tmp_path / "control.db")
    engine = opened(f"sqlite:///{tmp_path / 'control.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def here(state, store) -> Here:
    state.notify.write_text(FILE)
    made = Here(state, store)
    made.raise_alert(0)
    made.look()
    return made


def test_what_was_before_it_first_ran_is_told_nobody(here):
    here.look(SETTLE / SECOND)
    assert here.told == []


def test_alerts_go_to_those_who_want_them(here):
    for number in range(1, 4):
        here.raise_alert(number)
    here.raise_alert(9, "low", "other")
    here.look()
    assert here.told == []
    assert here.rows() == [("chat", "waiting", 3), ("siem", "waiting", 1), ("siem", "waiting", 3)]
    assert here.notifier.gauges()["alerts_waiting"] == 7
    here.look(SETTLE / SECOND)
    here.look()
    assert sorted(here.told) == [
        ("chat", "high: Rule r (+2) on pc-1"),
        ("siem", "high: Rule r (+2) on pc-1"),
        ("siem", "thấp: Rule other trên pc-1"),
    ]
    assert here.rows() == []
    counts = here.notifier.counts.snapshot()
    assert (counts["messages_sent"], counts["alerts_told"], counts["alerts_seen"]) == (3, 7, 4)


def test_killed_at_any_moment_nothing_is_lost(here):
    here.raise_alert(1)
    here.begin()
    here.look()
    here.raise_alert(2)
    here.look()
    here.begin()
    here.held.clear()
    here.clock.forward(SETTLE / SECOND)
    here.notifier.look()  # on its way
    here.raise_alert(3)
    here.notifier.look()
    here.begin()  # killed: what was on its way is told again
    here.held.set()
    here.finish()
    here.look(SETTLE / SECOND)
    here.look(300)
    chats = [subject for channel, subject in here.told if channel == "chat"]
    assert chats.count("high: Rule r (+1) on pc-1") == 2
    assert chats[-1] == "high: Rule r on pc-1"
    assert here.rows() == []


def test_a_channel_that_is_down_holds_up_no_other_and_gives_up_in_the_end(here):
    here.broken.add("chat")
    here.raise_alert(1)
    here.look()
    for _ in range(3):
        here.look(2 * MINUTE / SECOND)
    assert here.told == [("siem", "high: Rule r on pc-1")]
    assert here.rows() == [("chat", "dead", 1)]
    assert here.notifier.counts["alerts_given_up"] == 1
    with database.session(here.store) as s:
        assert "503" in s.get_one(ChannelRow, "chat").reason
        assert keeping.want_again(s, "chat") == 1
    here.broken.clear()
    here.look(MINUTE / SECOND)
    assert here.told[-1] == ("chat", "high: Rule r on pc-1")
    assert here.rows() == []


def test_a_database_that_goes_away_costs_nothing(here, monkeypatch):
    here.raise_alert(1)

    def away(*_: object) -> None:
        raise OperationalError("", None, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "move", away)
        for _ in range(3):
            with pytest.raises(OperationalError):
                here.notifier.look()
            here.notifier.lost()
    here.look()
    here.look(SETTLE / SECOND)
    assert sorted(here.told) == [("chat", "high: Rule r on pc-1"), ("siem", "high: Rule r on pc-1")]


def test_a_file_that_is_wrong_changes_nothing_and_none_that_was_right_waits(here, state, store):
    state.notify.write_text(FILE + "x = ")
    here.raise_alert(1)
    with structlog.testing.capture_logs() as logs:
        here.look()
    assert "is no TOML" in logs[0]["reason"]
    here.look(SETTLE / SECOND)
    assert len(here.told) == 2, "as before"
    here.begin()
    here.raise_alert(2)
    here.look()
    assert here.notifier.counts["settings_refused"] == 1
    state.notify.write_text(FILE.replace('channels = ["chat", "siem"]', 'channels = ["siem"]'))
    here.look()
    here.look(MINUTE / SECOND)
    assert [channel for channel, _ in here.told[2:]] == ["siem"], "read from where it stopped, by the file as it is now"


def test_a_channel_that_is_taken_out_keeps_what_waits(here, state):
    here.raise_alert(1)
    here.look()
    state.notify.unlink()
    here.look(MINUTE / SECOND)
    assert here.told == []
    assert len(here.rows()) == 2
    assert here.notifier.wake() is None
    state.notify.write_text(FILE + "\n")
    here.look()
    assert len(here.told) == 2


def test_being_away_for_too_long_is_counted(here):
    for number in range(1, 4):
        here.raise_alert(number)
    with database.session(here.store) as s:
        s.execute(delete(OutboxRow).where(OutboxRow.id <= 3))
        lowest, _ = outbox.bounds(s)
    assert lowest == 4
    here.begin()
    with structlog.testing.capture_logs():
        here.look()
    assert here.notifier.counts["outbox_missed"] == 2
    assert [count for _, _, count in here.rows()] == [1, 1]


@pytest.mark.enable_socket
def test_a_sender_of_its_own_kind_brings_it(here, state):
    server = Hook(status=200)
    with serving(server.handle) as port:
        state.notify.write_text(FILE.replace(":9/", f":{port}/").replace(', "siem"]', "]"))
        here.notifier = Notifier(state, here.store, "https://gac.example.vn", clock=here.clock)
        here.raise_alert(1)
        here.look()
        here.look(SETTLE / SECOND)
    assert b"Rule r" in server.posted[0][2]
    assert [channel for channel, _, _ in here.rows()] in ([], ["siem"])


def test_what_nobody_foresaw_is_a_failure_of_that_message(here, monkeypatch):
    class Odd:
        def send(self, _message) -> None:
            raise KeyError("k3y")

    here.notifier._sender = lambda *_: Odd()
    here.raise_alert(1)
    here.look()
    with structlog.testing.capture_logs():
        here.look(SETTLE / SECOND)
    with database.reading(here.store) as s:
        assert s.get_one(ChannelRow, "chat").reason == "KeyError; the notifier's log says more"


def test_what_was_taken_in_part_is_told_and_not_sent_again(here):
    here.remark = Both("nobody@example.vn: 550", "nobody@example.vn: 550")
    here.raise_alert(1)
    here.look()
    with structlog.testing.capture_logs():
        here.look(SETTLE / SECOND)
    with database.reading(here.store) as s:
        assert s.get_one(ChannelRow, "chat").reason == "nobody@example.vn: 550"
    assert here.rows() == []
    assert here.notifier.counts["messages_sent_partly"] == 2


def test_a_row_of_another_version_stops_nothing(here):
    with database.session(here.store) as s:
        outbox.add(s, "alert", {"id": "x"}, here.clock())
        outbox.add(s, "alert", {"host": "h"}, here.clock())
    here.raise_alert(1)
    with structlog.testing.capture_logs():
        here.look()
    here.look(SETTLE / SECOND)
    assert here.notifier.counts["alerts_unreadable"] == 2
    assert len(here.told) == 2
