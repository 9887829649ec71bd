import json
import logging
import time

import pytest
from tramgac_agent.standing import MAX_COLLECTORS, Standing
from tramgac_proto.session_pb2 import REASON_FULL, REASON_REPLACED, REASON_REVOKED, REASON_SHUTDOWN, Goodbye


@pytest.fixture
def standing(tmp_path):
    return Standing(tmp_path / "status.json")


def read(standing):
    return json.loads(standing.path.read_text())


def test_a_change_is_logged_once_and_written(standing, caplog):
    caplog.set_level(logging.INFO)
    for _ in range(3):
        standing.become("waiting", "no route")
    assert caplog.text.count("no route") == 1
    assert (read(standing)["state"], read(standing)["reason"]) == ("waiting", "no route")


def test_the_reason_stays_while_connecting_and_goes_when_connected(standing):
    standing.become("waiting", "no route")
    standing.become("connecting")
    assert read(standing)["reason"] == "no route"
    standing.become("connected")
    assert read(standing)["reason"] == ""


@pytest.mark.parametrize(("reason", "word"), [(REASON_REPLACED, "replaced"), (REASON_REVOKED, "revoked")])
def test_what_a_person_must_act_on_is_an_error(standing, caplog, reason, word):
    standing.goodbye(Goodbye(reason=reason, detail="from 192.0.2.1"))
    assert caplog.records[-1].levelno == logging.ERROR
    assert "192.0.2.1" in caplog.text
    assert read(standing)["alarm"] == word


def test_a_restored_collector_is_known_for_another_and_two_that_take_turns_are_told(standing, caplog):
    for incarnation in (0, 7, 7, 0):
        standing.welcome(incarnation)
    assert (read(standing)["state"], caplog.records) == ("connected", [])
    standing.welcome(8)
    assert "it was restored from a backup" in caplog.text
    assert read(standing)["turns_time"] == 0
    standing.welcome(7)
    assert caplog.records[-1].levelno == logging.ERROR
    assert read(standing)["turns_time"] > 0
    assert read(standing)["collectors"] == [f"{8:016x}", f"{7:016x}"]
    for incarnation in range(20, 40):
        standing.welcome(incarnation)
    assert len(standing.collectors) == MAX_COLLECTORS


def test_an_ordinary_goodbye_is_none(standing, caplog):
    standing.goodbye(Goodbye(reason=REASON_SHUTDOWN))
    assert not caplog.records
    assert not standing.alarm


def test_a_collector_without_room_is_known_until_it_takes_a_batch(standing):
    standing.goodbye(Goodbye(reason=REASON_FULL))
    said = read(standing)["full"]
    assert said > 0
    standing.become("connected")
    assert read(standing)["full"] == said
    standing.took()
    standing.write()
    assert (read(standing)["full"], read(standing)["acked"]) == (0, 1)


def test_until_when_it_holds_back_is_known(standing, monkeypatch):
    monkeypatch.setattr("tramgac_agent.standing.EVERY_S", 0.0)
    standing.hold(30_000)
    assert 29 < read(standing)["held_until"] - time.time() < 30.1


def test_it_is_refreshed_when_it_became_old(standing, monkeypatch):
    standing.become("connected")
    standing.path.unlink()
    standing.refresh()
    assert not standing.path.exists()
    monkeypatch.setattr("tramgac_agent.standing.EVERY_S", 0.0)
    standing.refresh()
    assert standing.path.exists()


def test_its_last_word_is_that_it_stopped(standing):
    standing.become("connected")
    assert not read(standing)["ended"]
    standing.become("stopped")
    assert read(standing)["ended"]
