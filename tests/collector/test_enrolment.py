import asyncio
import datetime as dt
import time

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_agent.enrol import enrol
from tramgac_agent.errors import EnrolmentError
from tramgac_agent.paths import AgentPaths
from tramgac_collector import ca, hosts, tokens
from tramgac_collector.enrolment import Rates
from tramgac_proto.enrolment_pb2 import EnrollRequest
from tramgac_proto.enrolment_pb2_grpc import EnrolmentStub
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire.ticket import Ticket, encode

from tests.collector.station import Agent, pem, request_of, running_signer, start_of, station

pytestmark = pytest.mark.asyncio


async def enroll(here, token, key=None, **changes):
    key = key or ec.generate_private_key(ec.SECP256R1())
    credentials = grpc.ssl_channel_credentials(here.ca)
    request = EnrollRequest(token=token, csr=request_of(key), hostname="pc-1", os_type="linux", agent_version="0.1.0")
    request.MergeFrom(EnrollRequest(**changes))
    async with grpc.aio.secure_channel(f"127.0.0.1:{here.ports.enrol_port}", credentials) as channel:
        return await EnrolmentStub(channel).Enroll(request)


async def refusal(here, *arguments, **changes):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await enroll(here, *arguments, **changes)
    return caught.value.code(), caught.value.details()


async def test_a_token_lets_a_host_in_and_it_may_speak(tmp_path):
    async with station(tmp_path) as here:
        with running_signer(here.paths):
            key = ec.generate_private_key(ec.SECP256R1())
            reply = await enroll(here, await here.token(), key)
            assert reply.host == ca.host_of(key.public_key())
            assert reply.collector == f"127.0.0.1:{here.ports.session_port}"
            assert reply.authorities.encode() == here.ca
            assert reply.content_root == b""
            agent = Agent(reply.collector, key, reply.certificate.encode(), reply.authorities.encode())
            await agent.hello()
            await agent.send([start_of(1)])
            await agent.until_acked(1)
            await agent.close()
            listed = await here.hall.control.read(hosts.listing)
            assert [(host["id"], host["name"]) for host in listed] == [(reply.host, "pc-1")]


async def test_refusals_have_one_status_and_a_word(tmp_path):
    async with station(tmp_path, enrolments_per_second=1000) as here:
        with running_signer(here.paths):
            used = await here.token()
            key = ec.generate_private_key(ec.SECP256R1())
            first = await enroll(here, used, key)
            expired = await here.token(now=1)
            revoked = await here.token()
            await here.hall.control.write(lambda s: tokens.revoke(s, 3, time.time_ns()))
            denied = grpc.StatusCode.PERMISSION_DENIED
            assert await refusal(here, "wrong") == (denied, "enrolment refused: token_unknown")
            assert await refusal(here, used) == (denied, "enrolment refused: token_used")
            assert await refusal(here, expired) == (denied, "enrolment refused: token_expired")
            assert await refusal(here, revoked) == (denied, "enrolment refused: token_revoked")
            assert await refusal(here, used, csr=b"garbage") == (denied, "enrolment refused: request_invalid")
            assert await refusal(here, used, hostname="x" * 2_000) == (denied, "enrolment refused: request_invalid")
            assert here.hall.counts["enrolments_token_used"] == 1
            again = await enroll(here, used, key)  # the first answer was lost: the same key is let in again
            assert again.host == first.host


async def test_what_the_person_at_the_host_reads_about_a_token(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    async with station(tmp_path, enrolments_per_second=1000) as here:
        address = f"127.0.0.1:{here.ports.enrol_port}"
        ca_der = x509.load_pem_x509_certificate(here.ca).public_bytes(serialization.Encoding.DER)

        async def said(secret, folder):
            try:
                await asyncio.to_thread(enrol, AgentPaths(tmp_path / folder), encode(Ticket(secret, address, ca_der)))
            except EnrolmentError as error:
                assert not (tmp_path / folder).exists(), "nothing may be left of it"
                return str(error)
            return ""

        with running_signer(here.paths):
            good, expired, revoked = await here.token(), await here.token(now=1), await here.token()
            await here.hall.control.write(lambda s: tokens.revoke(s, 3, time.time_ns()))
            assert await said(good, "first") == ""
            heard = [await said(*how) for how in (("wrong", "a"), (good, "b"), (expired, "c"), (revoked, "d"))]
        whys = ("it does not know it", "it was used already", "its time is over", "it was taken back")
        mend = "Ask for a new one (`tramgac tokens create`) and enrol again."
        assert heard == [f"The collector did not accept the token: {why}. {mend}" for why in whys]
        assert len(await here.hall.control.read(hosts.listing)) == 1


async def test_a_signer_that_is_away_is_no_refusal(tmp_path):
    async with station(tmp_path) as here:
        token = await here.token()
        key = ec.generate_private_key(ec.SECP256R1())
        assert (await refusal(here, token, key))[0] == grpc.StatusCode.UNAVAILABLE
        assert here.hall.counts["enrolments_failed"] == 1
        with running_signer(here.paths):
            assert (await enroll(here, token, key)).certificate
        assert (here.hall.counts["enrolments"], here.hall.counts["enrolments_failed"]) == (1, 1)


async def test_enrolment_is_limited(tmp_path):
    async with station(tmp_path, enrolments_per_second=0.001) as here:
        codes = [(await refusal(here, "wrong"))[0] for _ in range(12)]
        assert codes[0] == grpc.StatusCode.PERMISSION_DENIED
        assert codes[-1] == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert here.hall.counts["enrolments_limited"] > 0


async def test_sources_are_limited_apart():
    rates = Rates(10.0)
    assert [rates.take("a", 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert rates.take("b", 0.0)


async def test_the_port_offers_nothing_else(tmp_path):
    async with station(tmp_path) as here:
        credentials = grpc.ssl_channel_credentials(here.ca)
        async with grpc.aio.secure_channel(f"127.0.0.1:{here.ports.enrol_port}", credentials) as channel:
            call = CollectorStub(channel).Session()
            assert await call.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_the_other_port_wants_a_certificate_of_ours(tmp_path):
    async with station(tmp_path) as here:
        other = ca.Authority.create()
        key = ec.generate_private_key(ec.SECP256R1())
        _, leaf = other.agent_leaf(request_of(key), "5", days=1, now=dt.datetime.now(dt.UTC))
        foreign = leaf.public_bytes(serialization.Encoding.PEM)
        for credentials in (
            grpc.ssl_channel_credentials(here.ca),
            grpc.ssl_channel_credentials(here.ca, pem(key), foreign),
        ):
            async with grpc.aio.secure_channel(f"127.0.0.1:{here.ports.session_port}", credentials) as channel:
                call = CollectorStub(channel).Session()
                assert await call.code() == grpc.StatusCode.UNAVAILABLE
