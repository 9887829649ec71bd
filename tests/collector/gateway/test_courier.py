import asyncio
import hashlib
import os
import threading

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import ca, samples
from tramgac_collector.vault import Upload, Vault
from tramgac_proto.session_pb2 import FetchRequest, RenewRequest, SampleChunk
from tramgac_wire.limits import CHUNK

from tests.collector.station import Agent, request_of, running_signer, station

pytestmark = pytest.mark.asyncio


async def test_content_comes_in_chunks(tmp_path):
    async with station(tmp_path) as here:
        folder = here.paths.content / "repository" / "targets"
        folder.mkdir(parents=True)
        data = os.urandom(2 * CHUNK + 5)
        (folder / "abc.rules.json.zst").write_bytes(data)
        agent = await here.agent()
        stub = agent.open()
        chunks = [chunk.data async for chunk in stub.Fetch(FetchRequest(name="targets/abc.rules.json.zst"))]
        assert b"".join(chunks) == data
        assert max(map(len, chunks)) == CHUNK
        for name in ("targets/none", "../../ca/ca.key", "targets/../../../ca/ca.key", ""):
            assert await stub.Fetch(FetchRequest(name=name)).code() == grpc.StatusCode.NOT_FOUND
        assert here.hall.counts["fetch_not_found"] == 4
        await agent.close()


def chunks_of(data, sha256=None, size=None):
    sha256 = sha256 or hashlib.sha256(data).digest()
    yield SampleChunk(sha256=sha256, size=len(data) if size is None else size, data=data[:CHUNK])
    for at in range(CHUNK, len(data), CHUNK):
        yield SampleChunk(data=data[at : at + CHUNK])


async def test_a_sample_that_was_asked_for_is_stored_and_no_other(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        stub = agent.open()
        data = os.urandom(CHUNK + 100)
        name = hashlib.sha256(data).hexdigest()
        receipt = await stub.SendSample(chunks_of(data))
        assert (receipt.stored, "not asked" in receipt.reason) == (False, True)

        def ask(s):
            samples.want(s, name, agent.host, 1, here.hall.clock())
            return samples.lease(s, [agent.host], here.hall.clock())

        assert len(await here.hall.control.write(ask)) == 1
        for bad in (chunks_of(data[:-1], hashlib.sha256(data).digest()), chunks_of(data, size=1 << 40), iter(())):
            assert not (await stub.SendSample(bad)).stored
        assert not Vault(here.paths.samples).has(name)
        assert (await stub.SendSample(chunks_of(data))).stored
        assert Vault(here.paths.samples).has(name)
        assert (here.hall.counts["samples_not_stored"], here.hall.counts["samples_stored"]) == (4, 1)
        assert not list(here.paths.samples.rglob("*.part"))
        await agent.close()


@pytest.mark.parametrize("slow", ["begin", "write"])
async def test_a_host_that_goes_while_its_sample_comes_leaves_nothing_behind(tmp_path, monkeypatch, slow):
    reached, opened, aborted = threading.Event(), threading.Event(), threading.Event()
    abort = Upload.abort
    kind = Vault if slow == "begin" else Upload
    work = getattr(kind, slow)

    def slowly(*given):
        reached.set()
        assert opened.wait(30)
        return work(*given)

    def noted(upload):
        abort(upload)
        aborted.set()

    monkeypatch.setattr(kind, slow, slowly)
    monkeypatch.setattr(Upload, "abort", noted)
    async with station(tmp_path) as here:
        agent = await here.agent()
        stub, data = agent.open(), os.urandom(100)
        name = hashlib.sha256(data).hexdigest()

        def ask(s):
            samples.want(s, name, agent.host, 1, here.hall.clock())
            return samples.lease(s, [agent.host], here.hall.clock())

        await here.hall.control.write(ask)
        call = stub.SendSample(chunks_of(data))
        await asyncio.to_thread(reached.wait, 30)
        call.cancel()
        while not (here.hall.tasks or aborted.is_set()):  # noqa: ASYNC110 - until it is heard of: tasks have no event
            await asyncio.sleep(0.01)
        opened.set()
        assert await asyncio.to_thread(aborted.wait, 30)
        assert not [found for found in here.paths.samples.rglob("*") if found.name != "key" and found.is_file()]
        assert here.hall.counts["later_failed"] == 0
        await agent.close()


async def test_a_host_renews_its_own_certificate_only(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        with running_signer(here.paths):
            stub = agent.open()
            for _ in range(3):  # answers that were lost do not lock it out
                reply = await stub.Renew(RenewRequest(csr=request_of(agent.key)))
            assert ca.identify(reply.certificate.encode()).host == agent.host
            await agent.close()
            renewed = Agent(agent.address, agent.key, reply.certificate.encode(), reply.authorities.encode())
            await renewed.hello()
            for csr in (request_of(ec.generate_private_key(ec.SECP256R1())), b"garbage"):
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await renewed.open().Renew(RenewRequest(csr=csr))
                assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
                await renewed.close()
        assert (here.hall.counts["renewals_refused"], here.hall.counts["renewals_failed"]) == (2, 0)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await renewed.open().Renew(RenewRequest(csr=request_of(agent.key)))
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
        assert (here.hall.counts["renewals_refused"], here.hall.counts["renewals_failed"]) == (2, 1)
        await renewed.close()
