"""Checkpoints on a real stream: a genuine one is kept, a forged one ends it, one that contradicts is evidence."""

import asyncio
import hashlib
import time

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector.ingest import Attestation, open_reader
from tramgac_collector.ingest.recovery import records
from tramgac_proto.session_pb2 import REASON_EPOCH, REASON_PROTOCOL, AgentMessage, Checkpoint
from tramgac_wire import chain

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


def attested(paths):
    return [one for one in records(open_reader(paths), 0) if isinstance(one, Attestation)]


def until_attested(paths):
    """What is there once something is: it waits for others that share its fsync."""
    deadline = time.monotonic() + 10
    while not (found := attested(paths)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


async def test_a_checkpoint_is_verified(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        signed = chain.checkpoint_bytes(7, 1, 1, agent.previous)
        right = agent.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        good = Checkpoint(epoch=7, lane=1, sequence=1, chain=agent.previous, signature=right)
        await agent.call.write(AgentMessage(checkpoint=good))
        await agent.send([start_of(2)])
        await agent.until_acked(2)
        good.signature = b"forged"
        await agent.call.write(AgentMessage(checkpoint=good))
        assert (await agent.until_goodbye()).goodbye.reason == REASON_PROTOCOL
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["report_checkpoint_forged"] == 1
        (kept,) = here.hall.attested.values()
        found = attested(here.paths)
        assert [(one.sequence, one.genuine()) for one in found] == [(1, True)] == [(kept.sequence, kept.genuine())]
        await agent.close()


async def test_a_checkpoint_that_contradicts_is_kept_as_evidence(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        other = hashlib.sha256(b"what it sent").digest()
        signature = agent.key.sign(chain.checkpoint_bytes(7, 1, 1, other), ec.ECDSA(hashes.SHA256()))
        said = Checkpoint(epoch=7, lane=1, sequence=1, chain=other, signature=signature)
        await agent.call.write(AgentMessage(checkpoint=said))
        assert (await agent.until_goodbye()).goodbye.reason == REASON_EPOCH
        await asyncio.gather(*here.hall.tasks)
        (found,) = await asyncio.to_thread(until_attested, here.paths)
        assert (found.chain, found.genuine()) == (other, True)
        await agent.close()
