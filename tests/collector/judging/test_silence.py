import os
from collections import Counter
from types import SimpleNamespace

import pytest
from tramgac_collector import alerts, database, host_streams, hosts, ready
from tramgac_collector.bell import Bell
from tramgac_collector.host_streams import Began, Ended
from tramgac_collector.judging import silence as silences
from tramgac_collector.judging.silence import EVERY_NS, GRACE_NS, Silence
from tramgac_collector.presence_schema import HoursRow
from tramgac_collector.quarantine_schema import QuarantineRow
from tramgac_collector.schema import HostRow

from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of
from tests.collector.station import settings

SECOND = 1_000_000_000
LATE = 600
"""How long a host whose line is cut may stay away, seconds; an hour would be many looks."""


class Watch:
    """A judge's watch over two hosts, with a clock that the test moves; each step is one look."""

    def __init__(self, store, state):
        self.store, self.state, self.now = store, state, NOW
        self.counts = Counter()
        add_hosts(store, HOST, OTHER)
        self.open_gateway()
        self.start()

    def start(self, **changes):
        """The judge's process begins."""
        self.silence = Silence(
            self.state,
            self.store,
            settings(**{"silence_site_s": 180, "silence_line_s": LATE, **changes}),
            self.counts,
            lambda: self.now,
        )

    def open_gateway(self):
        ready.announce(self.state, "gateway")
        os.utime(self.state.ready("gateway"), ns=(self.now, self.now))

    def pass_time(self, seconds, *speaking):
        """Let time pass; hosts that are `speaking` say something every other look, and at the end."""
        end, looks = self.now + int(seconds * SECOND), 0
        while self.now < end:
            self.now = min(end, self.now + EVERY_NS)
            looks += 1
            if speaking and (looks % 2 or self.now == end):
                with database.session(self.store) as s:
                    hosts.seen(s, dict.fromkeys(speaking, self.now))
            self.silence.look()

    def neighbours(self, count, site=""):
        """Enrol so many more hosts, all of one site."""
        more = [f"{number:032x}" for number in range(1, count)]
        self.others = [OTHER, *more]
        with database.session(self.store) as s:
            for number, host in enumerate(more):
                values = {"hostname": f"pc-{number + 2}", "os_type": "linux", "agent_version": "0", "serial": "1"}
                s.add(HostRow(id=host, enrolled=NOW, site=site, last_seen=self.now, **values))

    def end(self, *ended):
        """The agents of these hosts are killed."""
        with database.session(self.store) as s:
            for host in ended:
                host_streams.began(s, [Began(host, self.now, "10.0.0.9:4000")])
                host_streams.ended(s, [Ended(host, self.now, left=True)])

    def say_last_words(self, *ended):
        with database.session(self.store) as s:
            for host in ended:
                s.get_one(HostRow, host).last_words = "stopped by signal SIGTERM"

    def alerts(self):
        return [alert.host for alert in alerts_of(self.store)]

    def notes(self):
        with database.reading(self.store) as s:
            return [note["text"] for alert in alerts_of(self.store) for note in alerts.detail(s, alert.id)["notes"]]


@pytest.fixture
def watch(store, state):
    made = Watch(store, state)
    made.pass_time(GRACE_NS / SECOND + 60, HOST, OTHER)
    return made


def test_an_agent_that_ended_is_one_alert(watch):
    watch.end(HOST)
    watch.pass_time(179, OTHER)
    assert watch.alerts() == []
    with Bell(watch.state.run, "api") as api:
        watch.pass_time(40, OTHER)
        assert api.hush()
    watch.pass_time(1_800, OTHER)
    watch.start()  # nor once more by a judge that is new
    watch.pass_time(GRACE_NS / SECOND + 600, OTHER)
    (alert,) = alerts_of(watch.store)
    assert (alert.host, alert.hostname, alert.title, alert.level) == (
        HOST,
        "pc-0",
        "Agent ended without last words",
        "high",
    )
    assert alert.rule_id == "tramgac:agent-ended"
    assert alert.title_vi
    assert alert.summary.startswith("last heard at 20")
    assert alert.why[0]["field"] == "last_seen"
    assert watch.counts["silences"] == 1


def test_a_host_whose_line_is_cut_is_an_alert_later_while_its_neighbours_live(watch):
    watch.neighbours(5)
    watch.pass_time(LATE - 60, *watch.others)
    assert watch.alerts() == []
    watch.pass_time(120, *watch.others)
    assert [(alert.host, alert.rule_id) for alert in alerts_of(watch.store)] == [(HOST, "tramgac:silence")]


def test_who_goes_home_with_the_others_is_away_without_an_alert(watch):
    watch.neighbours(5)
    watch.pass_time(300, *watch.others[:4])  # two went; the others last words
    watch.say_last_words(*watch.others[:4])
    watch.pass_time(2 * LATE)
    assert watch.alerts() == []
    assert watch.counts["hosts_away"] == 2
    watch.pass_time(60, HOST)
    watch.end(HOST)
    watch.pass_time(240)
    assert watch.alerts() == [HOST], "who was away and is back is watched again"


def test_hours_that_were_learned_of_the_host(watch):
    watch.neighbours(5)
    with database.session(watch.store) as s:
        s.add(HoursRow(host=HOST, shares="00" * 168))
    watch.pass_time(LATE + 60, *watch.others)
    assert watch.alerts() == [], "it is never on, so nobody misses it"


def test_a_site_that_is_dark_is_one_story(watch):
    watch.neighbours(5)
    watch.pass_time(240)
    (alert,) = alerts_of(watch.store)
    assert (alert.rule_id, len(alert.events), alert.hostname) == ("tramgac:site-dark", 6, "pc-0 +5")
    watch.pass_time(60, HOST)
    assert watch.notes() == [], "one of six is back"
    watch.pass_time(240)
    (note,) = watch.notes()
    assert note.startswith("1 more")
    watch.pass_time(120, HOST, *watch.others)
    assert watch.notes()[-1].startswith("All hosts speak again, the last after ")
    watch.pass_time(300)
    assert len(watch.alerts()) == 2, "the next is another one"


def test_agents_that_end_together_are_one_story(watch):
    watch.neighbours(5)
    watch.end(HOST, *watch.others[:3])
    watch.pass_time(600, *watch.others[3:])
    (alert,) = alerts_of(watch.store)
    assert (alert.rule_id, len(alert.events)) == ("tramgac:agent-ended", 4)
    assert "4 hosts of site" in alert.why[0]["pattern"]


def test_another_site_is_another_story(watch):
    watch.neighbours(4, site="far")
    watch.pass_time(240, HOST, OTHER)
    (alert,) = alerts_of(watch.store)
    assert sorted(event["id"]["host"] for event in alert.events) == sorted(set(watch.others) - {OTHER})


def test_the_end_of_a_silence_is_noted_and_the_next_is_another_alert(watch):
    watch.end(HOST)
    watch.pass_time(600, OTHER)
    watch.pass_time(60, HOST, OTHER)
    (note,) = watch.notes()
    assert note.startswith("The host speaks again; it was silent for 10 min.")
    (alert,) = alerts_of(watch.store)
    assert alert.status == "open", "what it means is for a person to say"
    watch.end(HOST)
    watch.pass_time(600, OTHER)
    assert watch.alerts() == [HOST, HOST]
    assert len(watch.notes()) == 1
    assert watch.counts["silences_over"] == 1


def test_a_stream_that_ends_after_the_alert_is_the_same_silence(watch):
    watch.neighbours(4)
    with database.session(watch.store) as s:
        host_streams.began(s, [Began(HOST, watch.now, "10.0.0.9:4000")])
    watch.pass_time(LATE + 100, *watch.others)
    (alert,) = alerts_of(watch.store)
    assert alert.summary.endswith("its stream is open")
    with database.session(watch.store) as s:
        host_streams.ended(s, [Ended(HOST, watch.now)])
    watch.pass_time(LATE + 100, *watch.others)
    assert (watch.alerts(), watch.notes()) == ([HOST], [])


def test_a_stream_that_ended_is_said(watch):
    watch.end(HOST)
    watch.pass_time(300, OTHER)
    assert alerts_of(watch.store)[0].summary.endswith("its stream ended")


def test_whoever_is_in_quarantine_is_not_silent(watch):
    watch.end(HOST)
    with database.session(watch.store) as s:
        s.add(
            QuarantineRow(
                host=HOST, since=watch.now, until=watch.now + 900 * SECOND, reason="flood", detail="", times=1
            )
        )
    watch.pass_time(900 + GRACE_NS / SECOND - 30, OTHER)
    assert watch.alerts() == []
    watch.pass_time(60, OTHER)
    assert watch.alerts() == [HOST]


@pytest.mark.parametrize(
    "change",
    [{"last_words": "stopped by signal SIGTERM"}, {"active": False}, {"last_seen": None}],
    ids=["switched off cleanly", "revoked", "never spoke"],
)
def test_what_is_no_silence(watch, change):
    watch.end(HOST)
    with database.session(watch.store) as s:
        for name, value in change.items():
            setattr(s.get_one(HostRow, HOST), name, value)
    watch.pass_time(1_200, OTHER)
    assert watch.alerts() == []


def test_a_start_of_the_collector_does_not_cry(watch):
    """All hosts were away with it; those that come back within their longest back-off were never silent."""
    watch.end(HOST, OTHER)
    watch.now += 3_600 * SECOND
    watch.open_gateway()
    watch.start()
    watch.pass_time(GRACE_NS / SECOND - 30)
    assert watch.alerts() == []
    watch.pass_time(120, OTHER)
    assert watch.alerts() == [HOST]


@pytest.mark.parametrize("how", ["a start of the gateway", "no gateway", "a machine that slept", "a disk that is low"])
def test_while_nobody_could_speak_nobody_was_silent(watch, monkeypatch, how):
    watch.end(HOST, OTHER)
    if how == "a start of the gateway":
        watch.pass_time(170)
        watch.open_gateway()
    elif how == "no gateway":
        ready.retract(watch.state, "gateway")
        watch.pass_time(1_200)
        watch.open_gateway()
    elif how == "a machine that slept":
        watch.now += 3_600 * SECOND
    else:
        watch.start(minimum_free_bytes=100)
        free = SimpleNamespace(bytes=199)
        monkeypatch.setattr(silences, "free_bytes", lambda _: free.bytes)
        watch.pass_time(1_200)
        free.bytes = 200
    watch.pass_time(GRACE_NS / SECOND - 60)
    assert watch.alerts() == []
    watch.pass_time(400, OTHER)
    assert watch.alerts() == [HOST]


def test_a_clock_that_is_set_back_ends_nothing(watch):
    watch.end(HOST, OTHER)
    watch.now -= 86_400 * SECOND
    watch.pass_time(1_200)
    assert watch.alerts() == []


def test_it_looks_every_half_minute_only(watch, monkeypatch):
    looked = []
    monkeypatch.setattr(Silence, "_open", lambda *_: looked.append(1) or True)
    for _ in range(60):
        watch.now += SECOND
        watch.silence.look()
    assert len(looked) == 2


def test_a_longer_silence_may_be_allowed(watch):
    watch.start(silence_s=1_800)
    watch.end(HOST)
    watch.pass_time(1_790, OTHER)
    assert watch.alerts() == []
    watch.pass_time(60, OTHER)
    assert watch.alerts() == [HOST]


def test_more_than_it_takes_at_once_is_told_bit_by_bit(watch, monkeypatch):
    monkeypatch.setattr(silences, "AT_ONCE", 1)
    watch.end(HOST, OTHER)
    watch.pass_time(180)
    assert len(watch.alerts()) == 1
    watch.pass_time(30)
    assert sorted(watch.alerts()) == sorted([HOST, OTHER])
