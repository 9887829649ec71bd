"""What `./dev lab faults` judges by: forged checkpoints are verified, silence is no speed, each part has its most."""

import asyncio
import random

import pytest
from tramgac_proto.event_pb2 import LANE_SECURITY, LANE_URGENT, Event
from tramgac_proto.session_pb2 import AgentMessage, Hello
from tramgac_wire.chain import START, extend
from tramgac_wire.collector_session import CollectorSession, Verify

from tests.lab import faults_honest, faults_identity
from tests.lab.faults_honest import Honest
from tests.lab.faults_memory import engines, gateways, grown, most, together
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
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
