import json

import pytest
from tramgac_agent.content import Outcome
from tramgac_agent.local import connect, wait
from tramgac_agent.packets import Acked, Choices, Content, Heads, Lost, NoSample, Renew, Skew, Staged, WantSample

from tests.agent.host import Host, config_in


@pytest.fixture
def host(tmp_path):
    found = Host(config_in(tmp_path))
    yield found
    found.duties.close()
    found.spool.close()


@pytest.fixture
def pipe(host):
    opened = connect(host.config.paths.sensor_socket)
    yield opened
    opened.close()


def exchange(host, pipe, *messages):
    for message in messages:
        pipe.send(message)
    host.duties.turn()
    found = []
    while (message := pipe.receive()) is not None:
        found.append(message)
    return found


def test_a_new_uplink_hears_what_is_in_force_and_what_waits(host, pipe):
    host.put(2, b"x")
    content, heads = exchange(host, pipe)
    assert content == Content(0, loaded=True, reason="", current=0)
    assert heads == Heads(host.spool.epoch, host.spool.epoch, {1: (1, 1), 2: (1, 2), 3: (1, 1)})
    assert exchange(host, pipe) == []
    host.put(2, b"y")
    [heads] = exchange(host, pipe)
    assert heads.lanes[2] == (1, 3)


def test_acknowledgements_skew_and_renewal_arrive(host, pipe):
    host.put(2, b"x", b"y")
    epoch = host.spool.epoch
    exchange(host, pipe, Acked(epoch, 2, 1), Skew(-7))
    assert host.spool.ledger()[2].acked == 1
    assert host.duties.skew_ns == -7
    exchange(host, pipe, Skew(2**62 * 2 - 1), Acked(1, 2, 3), Acked(epoch, 77, 1), Renew(1, "unknown"))
    assert host.duties.skew_ns == -7
    assert host.spool.epoch == epoch
    exchange(host, pipe, Renew(epoch, "another holds it"))
    assert host.spool.epoch != epoch


def test_the_newest_choices_for_rules_hold(host, pipe):
    assert host.duties.choices == Choices()
    exchange(host, pipe, Choices(b"a" * 6, b""), Choices(b"b" * 6, b"c" * 12))
    assert host.duties.choices == Choices(b"b" * 6, b"c" * 12)


def test_what_nobody_can_read_back_is_given_up(host, pipe):
    host.put(2, b"x", b"y")
    host.put(2, b"z")
    epoch = host.spool.epoch
    exchange(host, pipe, Lost(epoch, 2, 1, 2), Lost(epoch, 77, 1, 2), Lost(1, 2, 1, 3), Acked(epoch, 2, 3))
    book = host.spool.ledger()[2]
    assert (book.acked, book.spooled, book.dropped, book.balanced) == (1, 0, {"spool_torn": 2}, True)


def test_an_unknown_sample_is_refused(host, pipe):
    assert NoSample(bytes(32), "gone") in exchange(host, pipe, WantSample(bytes(32), 10))


class Child:
    """An updater that has ended."""

    def __init__(self, outcome):
        self.outcome = outcome

    def poll(self):
        return self.outcome

    def kill(self):
        pass


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome(5, ok=True, reason=""), Content(5, loaded=True, reason="", current=5)),
        (Outcome(5, ok=False, reason="tampered"), Content(5, loaded=False, reason="tampered", current=0)),
        (Outcome(0, ok=False, reason="timeout"), Content(4, loaded=False, reason="timeout", current=0)),
    ],
)
def test_what_becomes_of_content_is_said(host, pipe, monkeypatch, outcome, said):
    monkeypatch.setattr("tramgac_agent.duties.Update", lambda _paths: Child(outcome))
    monkeypatch.setattr(host.duties, "_reload", lambda _path: 5)
    exchange(host, pipe, Staged(4))
    assert said in exchange(host, pipe)
    assert host.duties.content_version == said.current


def test_content_on_the_disk_that_does_not_load_is_offered_again_and_mended(host, pipe, monkeypatch):
    host.duties.content_version = 5
    host.duties.unloaded("ZstdError: damaged")
    assert Content(0, loaded=True, reason="", current=0) in exchange(host, pipe)
    host.duties.note()
    assert json.loads(host.config.paths.sensor_status.read_text())["content_unloaded"] == "ZstdError: damaged"
    monkeypatch.setattr("tramgac_agent.duties.Update", lambda _paths: Child(Outcome(5, ok=True, reason="")))
    monkeypatch.setattr(host.duties, "_reload", lambda _path: 5)
    exchange(host, pipe, Staged(5))
    assert Content(5, loaded=True, reason="", current=5) in exchange(host, pipe)
    host.duties.note()
    assert json.loads(host.config.paths.sensor_status.read_text())["content_unloaded"] == ""


def test_content_that_does_not_load_here_leaves_the_old_one(host, pipe, monkeypatch, caplog):
    def refuse(_path):
        raise ValueError("no")

    monkeypatch.setattr("tramgac_agent.duties.Update", lambda _paths: Child(Outcome(5, ok=True, reason="")))
    monkeypatch.setattr(host.duties, "_reload", refuse)
    exchange(host, pipe, Staged(4))
    assert Content(5, loaded=False, reason="does not load: ValueError", current=0) in exchange(host, pipe)
    assert "does not load" in caplog.text


def test_doctor_finds_the_facts(host):
    host.put(2, b"x")
    host.duties.note(sensors=[{"capability": "file", "rung": "poll", "state": "alive", "why": ""}])
    found = json.loads(host.config.paths.sensor_status.read_text())
    assert found["sensors"][0]["rung"] == "poll"
    assert found["spool"]["lanes"]["2"]["spooled"] == 1


def test_the_last_heads_are_announced_at_the_end(host, pipe):
    exchange(host, pipe)
    host.spool.put(1, b"last words")
    host.duties.close()
    assert pipe.receive().lanes[1] == (1, 2)
    with pytest.raises(EOFError):
        pipe.receive()


def test_there_is_something_to_wait_for(host, pipe):
    wait(host.duties.filenos(), 5)  # the uplink that connects
    host.duties.turn()
    assert len(host.duties.filenos()) == 2
