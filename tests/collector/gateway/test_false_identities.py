"""Whatever a host says of who it is, what it sends is stored under the name in its certificate (law 4).

Every message that a service takes is filled, field by field, with what is another host's. Which fields those are is
found by reflection; each stands in a list, and one that stands in none fails here.
"""

import asyncio
import contextlib
import hashlib
import time
from dataclasses import dataclass

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf import descriptor_pb2, descriptor_pool
from tramgac_collector import ca, hosts, samples, tokens
from tramgac_collector.ingest import consume
from tramgac_proto.enrolment_pb2 import EnrollRequest
from tramgac_proto.enrolment_pb2_grpc import EnrolmentStub
from tramgac_proto.session_pb2 import (
    AgentMessage,
    Batch,
    Checkpoint,
    CollectorMessage,
    ContentReport,
    FetchRequest,
    Hello,
    RenewRequest,
    SampleChunk,
    SampleRefusal,
)
from tramgac_wire import chain

from tests.collector.station import Agent, Station, request_of, running_signer, start_of, station
from tests.lab import faults_identity
from tests.lab.faults_identity import CHAIN, EPOCH, EVENTS, HOST, IDENTITIES, REQUEST, SAMPLE, SIGNATURE, TOKEN

pytestmark = pytest.mark.asyncio
THEIRS, OURS = 0xC0FFEE, 7
"""Incarnations of the victim's spool and of the rogue's."""
TRIED: set[str] = set()
"""Fields that a test below fills."""


def fields(*messages):
    """The fields of these messages that could name another, each with what of it goes in."""
    names = [message.DESCRIPTOR.full_name for message in messages]
    found = [(name, kind) for name, kind in IDENTITIES.items() if name.rpartition(".")[0] in names]
    TRIED.update(name for name, _ in found)
    return pytest.mark.parametrize(("name", "kind"), found, ids=[name for name, _ in found])


def as_another(key, victim):
    """A request that names the victim wherever X.509 has room for a name, signed with `key`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, victim)])
    uri = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ca.SPIFFE + victim)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(uri, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@dataclass
class Scene:
    """A gateway, a victim that has sent events, vouched for them and was asked for a sample, and a rogue."""

    here: Station
    victim: Agent
    rogue: Agent
    token: str
    sample: bytes = hashlib.sha256(b"the victim's file").digest()
    before: object = None

    def of_victim(self, kind):
        return {
            HOST: self.victim.host,
            TOKEN: self.token,
            REQUEST: as_another(self.rogue.key, self.victim.host),
            EPOCH: THEIRS,
            CHAIN: self.victim.previous,
            SAMPLE: self.sample,
            SIGNATURE: self.signature,
            EVENTS: None,
        }[kind]

    def fill(self, message, name, kind):
        """Put what is the victim's into a field."""
        field = message.DESCRIPTOR.fields_by_name[name.rpartition(".")[2]]
        value = self.of_victim(kind)
        if field.type == field.TYPE_BYTES and isinstance(value, str):
            value = value.encode()
        faults_identity.write(message, field, value)
        return message

    async def prepare(self):
        await self.victim.hello()
        await self.victim.send([start_of(1), start_of(2)])
        await self.victim.until_acked(2)
        signed = chain.checkpoint_bytes(THEIRS, 1, 2, self.victim.previous)
        self.signature = self.victim.key.sign(signed, ec.ECDSA(hashes.SHA256()))

        def ask(s):
            samples.want(s, self.sample.hex(), self.victim.host, 1, self.here.hall.clock())
            return samples.lease(s, [self.victim.host], self.here.hall.clock())

        assert len(await self.here.hall.control.write(ask)) == 1
        self.before = await self.state()

    async def state(self):
        """All that is stored in the victim's name."""
        await asyncio.gather(*self.here.hall.tasks)
        row = await self.here.hall.control.read(lambda s: hosts.get(s, self.victim.host))
        left = await self.here.hall.control.read(
            lambda s: samples.asked_of(s, self.victim.host, self.sample.hex(), self.here.hall.clock())
        )
        stored = [(e.batch.epoch, e.batch.first) for e in consume(self.here.paths, 0) if e.host == self.victim.host]
        attested = [key for key in self.here.hall.attested if key[0] == self.victim.host]
        serial = ca.identify(self.victim.certificate).serial
        allowed = await self.here.hall.control.read(lambda s: hosts.allowed(s, self.victim.host, serial))
        return row, left, stored, attested, allowed, self.here.hall.log.marks(self.victim.host, THEIRS)

    async def unharmed(self):
        assert await self.state() == self.before
        await self.victim.send([start_of(3)])  # its own stream goes on
        await self.victim.until_acked(3)


@contextlib.asynccontextmanager
async def scene(path):
    async with station(path, enrolments_per_second=1000) as here:
        made = Scene(here, await here.agent(epoch=THEIRS), await here.agent(epoch=OURS), await here.token())
        await made.prepare()
        yield made
        await made.victim.close()
        if hasattr(made.rogue, "channel"):
            await made.rogue.close()


async def ends(call, seconds=0.5):
    """Hear what the collector still says; it may go on listening."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while isinstance(await call.read(), CollectorMessage):
                pass


async def test_each_field_of_what_a_service_takes_stands_in_one_list():
    assert faults_identity.unlisted(faults_identity.requests()) == (set(), set())


async def test_each_field_that_could_name_another_is_tried():
    assert IDENTITIES.keys() == TRIED


async def test_a_field_that_is_added_is_found():
    file = descriptor_pb2.FileDescriptorProto(name="more.proto", package="tramgac", syntax="proto3")
    message = file.message_type.add(name="RenewRequest")
    message.field.add(name="csr", number=1, type="TYPE_BYTES", label="LABEL_OPTIONAL")
    message.field.add(name="owner", number=2, type="TYPE_STRING", label="LABEL_OPTIONAL")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    added = pool.FindMessageTypeByName("tramgac.RenewRequest")
    assert faults_identity.unlisted([added])[0] == {"tramgac.RenewRequest.owner"}


async def test_each_service_is_known():
    names = {each.name for each in faults_identity.requests()}
    assert names == {"AgentMessage", "FetchRequest", "SampleChunk", "RenewRequest", "EnrollRequest"}


async def test_every_field_of_the_protocol_filled_with_another_hosts_identity(tmp_path):
    async with station(tmp_path) as here:
        rogue, victim = await here.agent(), await here.agent()
        before = await here.hall.control.read(lambda s: hosts.get(s, victim.host))
        said = list(faults_identity.messages(victim.host, rogue.epoch))
        await rogue.hello(hostname=victim.host, agent_version=victim.host, capabilities=[victim.host])
        events = list(faults_identity.events(victim.host, time.time_ns()))
        await rogue.send(events)
        await rogue.until_acked(len(events))
        for message in said:
            if not message.HasField("hello"):  # each on a stream of its own: some end it
                another = await here.agent()
                await another.hello()
                await another.call.write(message)
                await ends(another.call)
                await another.close()
        await rogue.send([start_of(1)])
        await rogue.until_acked(len(events) + 1)
        await rogue.close()
        await asyncio.gather(*here.hall.tasks)
        stored = [entry.host for entry in consume(here.paths, 0) for _ in entry.events()]
        assert stored == [rogue.host] * (len(events) + 1)
        assert len(events) + len(said) > 100
        assert await here.hall.control.read(lambda s: hosts.get(s, victim.host)) == before


@fields(EnrollRequest)
async def test_enrolling_as_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        with running_signer(at.here.paths):
            await at.here.hall.control.write(lambda s: redeemed(s, at))
            at.before = await at.state()
            key = ec.generate_private_key(ec.SECP256R1())
            own = {"token": await at.here.token(), "csr": request_of(key), "hostname": "pc-9", "os_type": "linux"}
            request = EnrollRequest(**own, agent_version="0.1.0")
            at.rogue.key = key
            at.fill(request, name, kind)
            credentials = grpc.ssl_channel_credentials(at.here.ca)
            async with grpc.aio.secure_channel(f"127.0.0.1:{at.here.ports.enrol_port}", credentials) as channel:
                if kind == TOKEN:
                    with pytest.raises(grpc.aio.AioRpcError) as caught:
                        await EnrolmentStub(channel).Enroll(request)
                    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
                    assert at.here.hall.counts["enrolments_token_used"] == 1
                else:
                    reply = await EnrolmentStub(channel).Enroll(request)
                    assert reply.host == ca.host_of(key.public_key()) != at.victim.host
                    assert ca.identify(reply.certificate.encode()).host == reply.host
        await at.unharmed()


def redeemed(s, at):
    """The victim's token is one that was used."""
    return tokens.redeem(s, at.token, at.here.hall.clock(), host=at.victim.host).id


async def test_a_request_with_anothers_key_that_its_owner_did_not_sign(tmp_path):
    async with scene(tmp_path) as at:
        genuine = request_of(at.victim.key)
        forged = genuine[:-1] + bytes([genuine[-1] ^ 1])
        credentials = grpc.ssl_channel_credentials(at.here.ca)
        async with grpc.aio.secure_channel(f"127.0.0.1:{at.here.ports.enrol_port}", credentials) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await EnrolmentStub(channel).Enroll(EnrollRequest(token=await at.here.token(), csr=forged))
        assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
        assert at.here.hall.counts["enrolments_request_invalid"] == 1
        await at.unharmed()


@fields(RenewRequest)
async def test_renewing_as_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        with running_signer(at.here.paths):
            reply = await at.rogue.open().Renew(at.fill(RenewRequest(), name, kind))
            assert ca.identify(reply.certificate.encode()).host == at.rogue.host
            with pytest.raises(grpc.aio.AioRpcError) as caught:  # one that the victim signed itself
                await at.rogue.open().Renew(RenewRequest(csr=request_of(at.victim.key)))
            assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
            assert at.here.hall.counts["renewals_refused"] == 1
        await at.unharmed()


@fields(FetchRequest)
async def test_fetching_what_is_called_as_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        call = at.rogue.open().Fetch(at.fill(FetchRequest(), name, kind))
        assert await call.code() == grpc.StatusCode.NOT_FOUND
        assert at.here.hall.counts["fetch_not_found"] == 1
        await at.unharmed()


@fields(SampleChunk)
async def test_sending_a_sample_in_anothers_place(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        chunk = SampleChunk(sha256=hashlib.sha256(b"mine").digest(), size=17, data=b"the victim's file")
        at_field = name.rpartition(".")[2]
        chunk.ClearField(at_field)
        receipt = await at.rogue.open().SendSample(iter([at.fill(chunk, name, kind)]))
        assert (receipt.stored, "not asked" in receipt.reason) == (False, True)
        assert at.here.hall.counts["samples_not_stored"] == 1
        await at.unharmed()


@fields(Hello)
async def test_greeting_as_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        changes = at.fill(Hello(), name, kind)
        if changes.present:
            changes.epoch = OURS + 1
        fresh = {"epoch": OURS, **{field.name: value for field, value in changes.ListFields()}}
        welcome = (await at.rogue.hello(**fresh)).welcome
        assert welcome.version == 1, "it is let in, as itself"
        assert not welcome.acked, "nothing of the victim's spool is told"
        assert not [mark for kept in welcome.kept for mark in kept.acked]
        at.rogue.epoch = fresh["epoch"]
        await at.rogue.send([start_of(8)])
        await at.rogue.until_acked(1)
        stored = [entry.host for entry in consume(at.here.paths, 0) if entry.batch.epoch == fresh["epoch"]]
        assert stored.count(at.rogue.host) == 1
        await at.unharmed()


@fields(Batch)
async def test_a_batch_that_goes_on_where_anothers_spool_ended(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        await at.rogue.hello()
        if kind == EVENTS:
            at.rogue.epoch = OURS
            await at.rogue.send(list(faults_identity.events(at.victim.host, time.time_ns())))
        else:
            at.rogue.next, at.rogue.previous = 3, at.victim.previous
            message = at.rogue.batch([start_of(3)])
            at.fill(message.batch, name, kind)
            await at.rogue.call.write(message)
        await ends(at.rogue.call)
        await at.unharmed()


@fields(Checkpoint)
async def test_vouching_for_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        await at.rogue.hello()
        await at.rogue.send([start_of(8), start_of(9)])
        await at.rogue.until_acked(2)
        own = {"epoch": OURS, "lane": 1, "sequence": 2, "chain": at.rogue.previous}
        signed = chain.checkpoint_bytes(OURS, 1, 2, at.rogue.previous)
        own["signature"] = at.rogue.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        said = Checkpoint(**{key: value for key, value in own.items() if key != name.rpartition(".")[2]})
        await at.rogue.call.write(AgentMessage(checkpoint=at.fill(said, name, kind)))
        whole = Checkpoint(epoch=THEIRS, lane=1, sequence=2, chain=at.victim.previous, signature=at.signature)
        await ends(at.rogue.call)
        another = await at.here.agent()
        await another.hello()
        await another.call.write(AgentMessage(checkpoint=whole))  # the victim's own, word by word
        await ends(another.call)
        assert not [key for key in at.here.hall.attested if key[1] == THEIRS]
        await at.unharmed()


@fields(ContentReport, SampleRefusal)
async def test_reporting_and_refusing_for_another(tmp_path, name, kind):
    async with scene(tmp_path) as at:
        await at.rogue.hello()
        if name.startswith("tramgac.ContentReport"):
            message = AgentMessage(content=at.fill(ContentReport(version=1), name, kind))
        else:
            refusal = at.fill(SampleRefusal(), name, kind)
            refusal.sha256 = refusal.sha256 or at.sample
            message = AgentMessage(sample=refusal)
        await at.rogue.call.write(message)
        await ends(at.rogue.call)
        await at.unharmed()
