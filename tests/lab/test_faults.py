"""What `./dev lab faults` judges by: forged checkpoints are verified, silence is no speed, order counts."""

import asyncio
import os
import random

import pytest
from tramgac_proto.event_pb2 import LANE_SECURITY, LANE_URGENT, Event
from tramgac_proto.session_pb2 import AgentMessage, Hello
from tramgac_wire.chain import START, extend
from tramgac_wire.collector_session import CollectorSession, Verify

from tests.lab import faults, faults_honest, faults_identity, fleet_check
from tests.lab.faults_honest import Honest
from tests.lab.faults_memory import engines, gateways, grown, most, together
from tests.lab.fleet_check import Stored
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log, Written
from tests.lab.fleet_member import Member

VICTIM, EPOCH, MIB = "ab" * 16, 7, 1 << 20


def test_what_a_checkpoint_says_of_another_host_is_verified():
    chain = extend(START, [b"one", b"two"])
    verified = []
    for message in faults_identity.messages(VICTIM, EPOCH, 2, chain):
        if message.HasField("checkpoint"):
            session = CollectorSession("host", acked=lambda _: {LANE_SECURITY: (2, chain)}, clock=lambda: 1)
            session.received(AgentMessage(hello=Hello(version_low=1, version_high=1, epoch=EPOCH)), 0)
            verified += [one.checkpoint for one in session.received(message, 0) if isinstance(one, Verify)]
    theirs = bytes.fromhex(VICTIM)
    assert [(said.chain, said.signature) for said in verified] == [(theirs, b""), (chain, theirs)]


@pytest.mark.asyncio
async def test_what_is_never_acknowledged_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(faults_honest, "LATE_S", 0.1)
    log = Log(tmp_path / "log")
    member = Member(Identity("host", "pc", None, b"", b"", b""), "127.0.0.1:1", log, random.Random(1))
    honest = Honest([member], log)

    async def put():
        for _ in range(2):
            member.emit(LANE_URGENT, Event(process_start={}))

    assert (await honest.beside(put(), 0))[1] == 0.1, "both wait"
    monkeypatch.setattr(faults_honest, "LATE_S", 30.0)
    asyncio.get_running_loop().call_later(0.02, log.acked, "host", member.spool.epoch, LANE_URGENT, 4)
    asyncio.get_running_loop().call_later(0.02, member.spool.forget, LANE_URGENT, 4)
    assert 0.02 <= (await honest.beside(put(), 0))[1] < 30, "as late as the acknowledgement came"
    log.close()


def test_each_part_has_a_moment_of_its_own_at_which_it_holds_most():
    seen = [
        {"gateway 1": 9 * MIB, "judge 2": MIB, "engine 3": 5},
        {"gateway 1": MIB, "judge 2": 20 * MIB, "engine 3": 7},
    ]
    assert [most(seen, of) for of in (together, gateways, engines)] == [21 * MIB, 9 * MIB, 7]
    assert grown(seen[:1], seen) == {"judge 2": 19.0}


def test_what_came_into_the_log_before_a_lower_sequence_of_its_lane_is_counted():
    came = {1: 10, 2: 10, 3: 30, 4: 20, 5: 40}  # sequence: record of the log
    keys = {sequence: ("host", EPOCH, LANE_SECURITY, sequence) for sequence in came}
    events = {key: Written(sequence, 0, "") for sequence, key in keys.items()}
    stored = {key: Stored(1, sequence, 1, came[sequence]) for sequence, key in keys.items()}
    events["host", EPOCH, LANE_URGENT, 1] = Written(1, 0, "")
    stored["host", EPOCH, LANE_URGENT, 1] = Stored(1, 1, 1, 50)  # another lane has an order of its own
    found = fleet_check._verdict(events, set(events), set(), stored, [])
    assert (found.lost, found.doubled, found.foreign, found.disordered) == (0, 0, 0, 1)
    stored[keys[4]] = Stored(1, 4, 1, 30)
    assert fleet_check._verdict(events, set(events), set(), stored, []).disordered == 0


def test_where_the_kernel_gives_no_namespace_it_stands_in_the_open(tmp_path, monkeypatch):
    for name, says in (("nft", 0), ("ip", 0), ("unshare", 1)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {says}\n")
        (tmp_path / name).chmod(0o700)
    run = []
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv(faults.APART, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "execvp", lambda *words: run.append(words))
    monkeypatch.setattr(faults, "main", lambda *_, **given: run.append(given["fenced"]) or 0)
    assert (faults.begin([]), run) == (0, [False])
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 0\n")
    assert (faults.begin([]), run[1][0], run[2]) == (0, "unshare", True)
    assert (faults.begin([faults.OPEN]), run[3:]) == (0, [False])


def test_an_alert_that_nobody_planted_is_wrong_where_the_work_meets_no_rule():
    keys = [(host, EPOCH, LANE_SECURITY, 1) for host in ("linux", "windows")]
    ssh = next(iter(fleet_check.MET_BY_WORK))
    alerts = [("rule", "Odd", [key], 0) for key in keys] + [(ssh, "Asked", keys[:1], 0)]
    found = fleet_check._verdict({}, set(), set(), {}, alerts, {"windows"})
    assert (dict(found.false), found.unmet) == ({"Odd": 2, "Asked": 1}, {"Odd": 1, "Asked": 0})
