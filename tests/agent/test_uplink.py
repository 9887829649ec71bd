import asyncio
import dataclasses
import datetime as dt
import hashlib
import os

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_agent import identity as identities
from tramgac_agent import uplink as module
from tramgac_agent.enrich.identity import key_of
from tramgac_agent.errors import ErrandFailed
from tramgac_agent.samples import KnownFile
from tramgac_proto import session_pb2 as pb
from tramgac_wire.chain import START, checkpoint_bytes, extend

from tests.agent.collector import Memory, serving
from tests.agent.host import Host, config_in, impatient, until, uplinked
from tests.agent.pki import DAY, Authority

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def memory():
    return Memory(Authority())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    impatient(monkeypatch)


def events(first, last):
    return [b"event %d" % number for number in range(first, last + 1)]


@pytest.mark.asyncio
async def test_events_travel_and_are_acknowledged(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()) as uplink:
            host.put(2, *events(1, 1500))
            host.put(1, b"alert")
            await until(lambda: host.spool.ledger()[2].acked == 1500 and host.spool.ledger()[1].acked == 1)
            assert memory.stored(2) == events(1, 1500)
            assert all(book.balanced for book in host.spool.ledger().values())
            assert uplink.standing.state == "connected"


@pytest.mark.asyncio
async def test_what_a_collector_without_room_says_is_kept_for_doctor(tmp_path, memory):
    memory.goodbyes = [pb.Goodbye(reason=pb.REASON_FULL)]
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()) as uplink:
            await until(lambda: uplink.standing.full and uplink.standing.state == "connected")
            memory.say(throttle=pb.Throttle(wait_ms=9_000))
            await until(lambda: uplink.standing.held_until)
            host.put(1, b"alert")
            await until(lambda: not uplink.standing.full)


@pytest.mark.asyncio
async def test_what_people_chose_for_rules_comes_to_the_sensor_process(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()) as uplink:
            await until(lambda: uplink.standing.state == "connected")
            memory.say(rules=pb.RuleChoices(quiet=b"quiet.", urgent=b"urgent"))
            await until(lambda: (host.duties.choices.quiet, host.duties.choices.urgent) == (b"quiet.", b"urgent"))


@pytest.mark.asyncio
async def test_a_collector_that_goes_and_comes_back_gets_everything_once(tmp_path, memory):
    ours = memory.authority.identity()
    server = memory.authority.server()
    async with serving(memory, server=server) as address:
        config = config_in(tmp_path, collector=address)
        host = Host(config)
        running = host.running()
        await running.__aenter__()
        linked = uplinked(config, ours)
        uplink = await linked.__aenter__()
        host.put(2, *events(1, 10))
        await until(lambda: host.spool.ledger()[2].acked == 10)
    host.put(2, *events(11, 400))
    await until(lambda: uplink.standing.state == "waiting")
    async with serving(memory, server=server, port=int(address.rpartition(":")[2])):
        await until(lambda: host.spool.ledger()[2].acked == 400)
        assert memory.stored(2) == events(1, 400)
        await linked.__aexit__(None, None, None)
        await running.__aexit__(None, None, None)


@pytest.mark.asyncio
async def test_a_sensor_process_that_is_killed_loses_nothing_that_was_flushed(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with uplinked(config, memory.authority.identity()):
            memory.acking = False
            first = Host(config)
            first.put(2, *events(1, 20))
            first.spool.put(2, b"never flushed")  # killed: neither flushed nor closed
            first.duties._end.close()
            memory.acking = True
            async with Host(config).running() as second:
                second.put(2, *events(21, 30))
                await until(lambda: second.spool.ledger()[2].acked == 30)
                assert second.spool.epoch == first.spool.epoch
        assert memory.stored(2) == events(1, 30)
        first.duties._desk.close()


@pytest.mark.asyncio
async def test_given_up_events_are_a_gap_with_a_number(tmp_path, memory):
    config = config_in(tmp_path, collector="127.0.0.1:1", spool_bytes=1 << 20)
    host = Host(config)
    for number in range(4000):
        host.put(3, b"%d " % number + os.urandom(500))
    host.spool.enforce()
    lost = host.spool.ledger()[3].dropped["spool_full"]
    assert lost > 0
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with host.running(), uplinked(config, memory.authority.identity()):
            await until(lambda: host.spool.ledger()[3].acked == 4000 - lost)
    first = next(message.batch for message in memory.heard if message.WhichOneof("message") == "batch")
    assert (first.first, first.gap) == (lost + 1, lost)


@pytest.mark.parametrize(("reason", "word"), [(pb.REASON_REPLACED, "replaced"), (pb.REASON_REVOKED, "revoked")])
@pytest.mark.asyncio
async def test_what_a_person_must_act_on_is_said_loudly(tmp_path, memory, caplog, reason, word):
    memory.goodbyes = [pb.Goodbye(reason=reason, detail="from 192.0.2.7")]
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()) as uplink:
            host.put(2, b"event")
            await until(lambda: uplink.standing.alarm == word)
            assert "192.0.2.7" in caplog.text


@pytest.mark.asyncio
async def test_skew_is_measured_and_handed_to_the_sensor(tmp_path, memory):
    memory.clock_ahead_ns = 3_600 * 10**9
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            await until(lambda: host.duties.skew_ns)
            assert abs(host.duties.skew_ns - memory.clock_ahead_ns) < 60 * 10**9


@pytest.mark.asyncio
async def test_a_foreign_authority_is_named(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running(), uplinked(config, Authority().identity()) as uplink:
            await until(lambda: uplink.standing.reason.startswith("ca:"))
            assert not memory.hellos


@pytest.mark.asyncio
async def test_a_certificate_of_another_authority_is_refused_and_said(tmp_path, memory):
    foreign = dataclasses.replace(Authority().identity(), authorities=memory.authority.pem)
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, foreign) as uplink:
            host.put(2, *events(1, 5))
            await until(lambda: uplink.standing.reason.startswith("cut: The connection to the collector"))
            await until(lambda: uplink.standing.reason.startswith("refused: The collector at"))
            assert "enrol again with a new ticket" in uplink.standing.reason
            assert not memory.hellos
            assert host.spool.ledger()[2].spooled == 5


@pytest.mark.asyncio
async def test_an_expired_certificate_is_refused_and_said(tmp_path, memory):
    now = dt.datetime.now(dt.UTC)
    expired = memory.authority.identity((now - 3 * DAY, now - DAY))
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, expired) as uplink:
            host.put(2, *events(1, 5))
            await until(lambda: uplink.standing.state == "waiting" and uplink.standing.reason)
            assert uplink.standing.reason.startswith(f"expired: This host's certificate ended at {expired.not_after}")
            assert "enrol again with a new ticket" in uplink.standing.reason
            assert not memory.hellos
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            await until(lambda: host.spool.ledger()[2].acked == 5)
            assert memory.stored(2) == events(1, 5)


@pytest.mark.asyncio
async def test_garbage_from_the_collector_ends_the_stream_and_nothing_else(tmp_path, memory):
    memory.garbage = [
        pb.CollectorMessage(),
        pb.CollectorMessage(ack=pb.Ack(epoch=1, lanes=[pb.LaneAck(lane=2, sequence=99)])),
    ]
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            host.put(2, *events(1, 5))
            await until(lambda: host.spool.ledger()[2].acked == 5)
            memory.say(ack=pb.Ack(epoch=host.spool.epoch, lanes=[pb.LaneAck(lane=2, sequence=77)]))
            await until(lambda: len(memory.hellos) >= 2)
            host.put(2, b"event 6")
            await until(lambda: host.spool.ledger()[2].acked == 6)
            assert memory.stored(2) == events(1, 6)


@pytest.mark.parametrize("raw", [b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x7f", bytes(1_300_000)])
@pytest.mark.asyncio
async def test_bytes_that_are_no_message_or_too_many_are_survived(tmp_path, memory, raw):
    class Raw(grpc.GenericRpcHandler):
        def service(self, _details):
            async def session(request_iterator, context):
                yield raw

            return grpc.stream_stream_rpc_method_handler(session)

    key, certificate = memory.authority.server()
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Raw(),))
    credentials = grpc.ssl_server_credentials([(key, certificate)], memory.authority.pem, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    config = config_in(tmp_path, collector=f"127.0.0.1:{port}")
    async with Host(config).running(), uplinked(config, memory.authority.identity()) as uplink:
        await until(lambda: uplink.standing.connects >= 2)
    await server.stop(0)


def known(path):
    fd = os.open(path, os.O_RDONLY)
    key = key_of(fd)
    os.close(fd)

    class Source:
        def open(self):
            return os.open(path, os.O_RDONLY)

    return KnownFile(Source(), key, str(path))


@pytest.mark.asyncio
async def test_a_sample_travels_from_the_descriptor_that_was_hashed(tmp_path, memory):
    program = tmp_path / "tool.sh"
    program.write_bytes(b"#!/bin/sh\n" + os.urandom(200_000))
    sha256 = hashlib.sha256(program.read_bytes()).digest()
    async with serving(memory) as address:
        config = config_in(tmp_path / "state", collector=address, sample_bytes_per_s=10_000_000)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            host.known[sha256] = known(program)
            await until(lambda: memory.hellos)
            assert set(memory.hellos[0].capabilities) == {"content", "sample", "dictionary"}  # else nobody would ask
            memory.say(sample=pb.SampleAsk(sha256=sha256, limit=1 << 20))
            await until(lambda: sha256 in memory.samples)
            assert memory.samples[sha256] == program.read_bytes()
            memory.say(sample=pb.SampleAsk(sha256=bytes(32), limit=1 << 20))
            await until(lambda: [m.sample.reason for m in memory.heard if m.HasField("sample")] == ["gone"])


@pytest.mark.asyncio
async def test_no_budget_means_a_refusal(tmp_path, memory):
    program = tmp_path / "tool.sh"
    program.write_bytes(b"#!/bin/sh\n")
    sha256 = hashlib.sha256(program.read_bytes()).digest()
    async with serving(memory) as address:
        config = config_in(tmp_path / "state", collector=address, sample_bytes_per_s=0)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            host.known[sha256] = known(program)
            await until(lambda: memory.hellos)
            memory.say(sample=pb.SampleAsk(sha256=sha256, limit=1 << 20))
            await until(lambda: [m.sample.reason for m in memory.heard if m.HasField("sample")] == ["budget"])


@pytest.mark.asyncio
async def test_the_certificate_is_renewed_at_half_of_its_life_and_used(tmp_path, memory, monkeypatch):
    monkeypatch.setattr(module, "MINUTE_S", 0.05)
    now = dt.datetime.now(dt.UTC)
    ours = memory.authority.identity((now - 8 * DAY, now + 6 * DAY))
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        identities.save(config.paths, ours)
        async with Host(config).running() as host, uplinked(config, ours) as uplink:
            host.put(2, b"event 1")
            await until(lambda: len(memory.hellos) >= 2)
            assert identities.load(config.paths).not_after > now + 10 * DAY
            assert identities.load(config.paths).host == ours.host
            assert uplink.standing.certificate_ends > (now + 10 * DAY).timestamp()
            await until(lambda: uplink.standing.state == "connected")
        assert memory.renewed == 1


@pytest.mark.asyncio
async def test_checkpoints_vouch_for_the_chain(tmp_path, memory, monkeypatch):
    monkeypatch.setattr(module, "MINUTE_S", 0.05)
    ours = memory.authority.identity()
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, ours):
            host.put(2, *events(1, 3))
            points = []
            await until(lambda: points.extend(m.checkpoint for m in memory.heard if m.HasField("checkpoint")) or points)
    point = points[-1]
    assert (point.sequence, point.chain) == (3, extend(START, events(1, 3)))
    public = x509.load_pem_x509_certificate(ours.certificate).public_key()
    signed = checkpoint_bytes(point.epoch, point.lane, point.sequence, point.chain)
    public.verify(point.signature, signed, ec.ECDSA(hashes.SHA256()))


@pytest.mark.asyncio
async def test_an_offer_without_files_is_reported(tmp_path, memory):
    memory.offered = 3
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running(), uplinked(config, memory.authority.identity()):
            await until(lambda: any(m.HasField("content") for m in memory.heard))
    report = next(m.content for m in memory.heard if m.HasField("content"))
    assert (report.version, report.loaded, report.reason) == (3, False, "missing")


@pytest.mark.asyncio
async def test_work_that_fails_ends_the_process_and_is_said(tmp_path, memory, monkeypatch):
    """A session that waits for a batch which nobody makes any more would look connected for ever."""

    def broken(*_):
        raise ModuleNotFoundError("No module named 'concurrent.futures.thread'")

    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host:
            uplink = module.Uplink(config, memory.authority.identity())
            monkeypatch.setattr(uplink._outgoing, "take", broken)
            host.put(1, b"alert")
            with pytest.raises(ErrandFailed, match=r"concurrent\.futures"):
                async with asyncio.timeout(10):
                    await uplink.run()
            assert uplink.standing.state == "failed"
            assert "concurrent.futures" in uplink.standing.reason
