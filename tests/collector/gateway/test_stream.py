import asyncio
import contextlib
import errno
import hashlib
import os
import time
from types import SimpleNamespace

import grpc
import pytest
from cryptography import x509
from tramgac_collector import hosts
from tramgac_collector.gateway import stream
from tramgac_collector.ingest import Limits, consume
from tramgac_proto.session_pb2 import (
    REASON_EPOCH,
    REASON_FULL,
    REASON_LIMIT,
    REASON_PROTOCOL,
    REASON_REPLACED,
    REASON_REVOKED,
    REASON_SHUTDOWN,
    AgentMessage,
    Batch,
    CollectorMessage,
)
from tramgac_wire.limits import MAX_MESSAGE

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


async def test_what_is_acknowledged_is_in_the_log(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        welcome = await agent.hello()
        assert welcome.welcome.version == 1
        await agent.send([start_of(1), start_of(2)])
        await agent.send([start_of(3)])
        await agent.until_acked(3)
        entries = list(consume(here.paths, 0))
        assert [sequence for entry in entries for sequence, _ in entry.events()] == [1, 2, 3]
        assert {entry.host for entry in entries} == {agent.host}
        assert here.hall.counts["events"] == 3
        assert 1 <= here.hall.counts["acks"] <= 3
        await agent.close()


async def test_a_returning_agent_hears_what_is_safe_and_nothing_is_twice(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        first = agent.batch([start_of(1), start_of(2)])
        await agent.call.write(first)
        await agent.until_acked(2)
        await agent.close()
        welcome = await agent.hello()
        assert [(a.lane, a.sequence) for a in welcome.welcome.acked] == [(1, 2)]
        await agent.call.write(first)  # it had not heard the acknowledgement
        await agent.send([start_of(3)])
        await agent.until_acked(3)
        assert [s for e in consume(here.paths, 0) for s, _ in e.events()] == [1, 2, 3]
        assert here.hall.counts["events_duplicate"] == 2
        await agent.close()


async def test_a_new_stream_takes_over_from_the_old(tmp_path):
    async with station(tmp_path) as here:
        old = await here.agent()
        await old.hello()
        new = type(old)(old.address, old.key, old.certificate, old.authority)
        await new.hello()
        goodbye = await old.until_goodbye()
        assert goodbye.goodbye.reason == REASON_REPLACED
        assert here.hall.streams.hosts() == (old.host,)
        assert here.hall.counts["closed_replaced"] == 1
        await old.close()
        await new.close()


async def test_two_machines_with_one_identity_are_reported(tmp_path):
    async with station(tmp_path) as here:
        one = await here.agent()
        two = type(one)(one.address, one.key, one.certificate, one.authority, epoch=8, name="pc-clone")
        for number, agent in enumerate((one, two, one, two)):
            await agent.hello()
            await agent.send([start_of(number, f"of {agent.name}")])
            await agent.until_acked(1 + number // 2)
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["report_two_agents"] >= 1
        findings = (await here.hall.control.read(hosts.listing))[0]["findings"]
        (detail,) = [finding["detail"] for finding in findings if finding["kind"] == "two_agents"]
        assert "take turns; the last is 'pc-" in detail
        assert "enrol it anew" in detail
        stored = [(e.batch.epoch, s) for e in consume(here.paths, 0) for s, _ in e.events()]
        assert stored == [(7, 1), (8, 1), (7, 2), (8, 2)]
        for agent in (one, two):
            await agent.close()


async def test_an_agent_that_was_with_a_copy_of_us_meanwhile_is_told_of(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        ours = (await agent.hello(heard=77)).welcome.incarnation
        assert ours == here.hall.incarnation, "what it heard before us may have been what we were restored from"
        for heard in (0, ours):
            await agent.hello(heard=heard)
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["report_two_collectors"] == 0
        await agent.hello(heard=78)
        await asyncio.gather(*here.hall.tasks)
        findings = (await here.hall.control.read(hosts.listing))[0]["findings"]
        (detail,) = [finding["detail"] for finding in findings if finding["kind"] == "two_collectors"]
        assert f"came from {78:016x}" in detail
        await agent.close()


@pytest.mark.parametrize(("hours", "side"), [(1, "ahead of"), (-1, "behind")])
async def test_a_clock_an_hour_off_is_said_and_what_it_sends_is_stored(tmp_path, hours, side):
    async with station(tmp_path) as here:
        agent = await here.agent()
        welcome = (await agent.hello(clock=time.time_ns() + hours * 3_600_000_000_000)).welcome
        assert abs(welcome.clock - time.time_ns()) < 60_000_000_000  # by which the agent corrects its times
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        await asyncio.gather(*here.hall.tasks)
        findings = (await here.hall.control.read(hosts.listing))[0]["findings"]
        assert [finding["kind"] for finding in findings] == ["clock_off"]
        assert f" s {side} the collector's" in findings[0]["detail"]
        await agent.close()


@pytest.mark.parametrize(
    ("batch", "reason", "counted"),
    [
        (
            Batch(epoch=7, lane=1, first=1, count=1, size=5, previous=bytes(32), events=b"garbage"),
            REASON_PROTOCOL,
            "garbage",
        ),
        (Batch(epoch=7, lane=1, first=1, count=9_999, size=5, previous=bytes(32), events=b"x"), REASON_LIMIT, "limit"),
        (
            Batch(epoch=9, lane=1, first=1, count=1, size=5, previous=bytes(32), events=b"x"),
            REASON_PROTOCOL,
            "protocol",
        ),
    ],
    ids=["garbage", "too many", "another epoch"],
)
async def test_a_bad_batch_ends_its_own_stream_alone(tmp_path, batch, reason, counted):
    async with station(tmp_path) as here:
        bad, good = await here.agent(), await here.agent()
        await bad.hello()
        await good.hello()
        await bad.call.write(AgentMessage(batch=batch))
        goodbye = await bad.until_goodbye()
        assert goodbye.goodbye.reason == reason
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts[f"report_{counted}"] == 1
        await good.send([start_of(1)])
        await good.until_acked(1)
        await bad.close()
        await good.close()


async def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_is(tmp_path):
    from backports import zstd

    bomb = zstd.compress(bytes(200_000_000))
    async with station(tmp_path) as here:
        for said in (1_000, 200_000_000):
            agent = await here.agent()
            await agent.hello()
            batch = Batch(epoch=7, lane=1, first=1, count=1, size=said, previous=bytes(32), events=bomb)
            await agent.call.write(AgentMessage(batch=batch))
            goodbye = await agent.until_goodbye()
            assert goodbye.goodbye.reason in (REASON_LIMIT, REASON_PROTOCOL)
            await agent.close()
        assert list(consume(here.paths, 0)) == []


async def test_a_message_over_the_limit_gets_a_goodbye(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.call.write(AgentMessage(batch=Batch(events=bytes(MAX_MESSAGE))))
        goodbye = (await agent.until_goodbye()).goodbye
        assert goodbye.reason == REASON_LIMIT
        assert goodbye.detail.endswith(f"bytes; the limit is {MAX_MESSAGE}")
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["messages_too_large"] == here.hall.counts["report_limit"] == 1
        await agent.close()


async def test_a_message_far_over_the_limit_is_not_even_read(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.call.write(AgentMessage(batch=Batch(events=bytes(4_000_000))))
        assert await agent.call.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        await agent.close()


@pytest.mark.parametrize("raw", [b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x7f", b"\x00" * 4_000])
async def test_bytes_that_are_no_message_end_their_own_stream_alone(tmp_path, raw):
    async with station(tmp_path) as here:
        bad, good = await here.agent(), await here.agent()
        await good.hello()
        await bad.hello()
        await bad.send([start_of(1)])
        await bad.until_acked(1)
        await bad.close()
        bad.open()
        bad.call = bad.channel.stream_stream(
            "/tramgac.Collector/Session", response_deserializer=CollectorMessage.FromString
        )()
        await bad.call.write(raw)
        goodbye = (await bad.until_goodbye()).goodbye
        assert goodbye.reason == REASON_PROTOCOL
        assert "look at that machine" in goodbye.detail
        await bad.close()
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["report_garbage"] == 1
        await good.send([start_of(1)])
        await good.until_acked(1)
        assert (await bad.hello()).welcome.acked[0].sequence == 1
        await bad.close()
        await good.close()


@pytest.mark.enable_socket
async def test_bytes_that_are_no_tls_reach_nobody(tmp_path):
    async with station(tmp_path) as here:
        good = await here.agent()
        await good.hello()
        reader, writer = await asyncio.open_connection("127.0.0.1", here.ports.session_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n" + os.urandom(4_000))
        with contextlib.suppress(ConnectionError):
            assert b"tramgac" not in await reader.read()
        writer.close()
        await good.send([start_of(1)])
        await good.until_acked(1)
        await good.close()


async def test_a_jump_is_refused_and_a_said_gap_is_written_down(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        agent.next = 11
        await agent.send([start_of(11)])
        goodbye = await agent.until_goodbye()
        assert "1 to 10 are missing" in goodbye.goodbye.detail
        await agent.close()
        await agent.hello()
        agent.next, agent.previous = 11, bytes(32)
        message = agent.batch([start_of(11)])
        message.batch.gap = 10
        await agent.call.write(message)
        await agent.until_acked(11)
        assert [(e.batch.first, e.batch.gap) for e in consume(here.paths, 0)] == [(11, 10)]
        await agent.close()


async def test_any_number_of_gaps_stands_in_the_log_for_the_judge(tmp_path, monkeypatch):
    """However many there are, and whatever becomes of notes: each is in the log with the batch after it."""
    monkeypatch.setattr(stream, "_NOTES_BURST", 0.0)
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        for _ in range(80):
            agent.next += 3
            message = agent.batch([start_of(agent.next)])
            message.batch.gap = 3
            await agent.call.write(message)
        await agent.until_acked(agent.next - 1)
        told = [(e.batch.first - e.batch.gap, e.batch.gap) for e in consume(here.paths, 0)]
        assert told == [(1 + 4 * n, 3) for n in range(80)]
        assert here.hall.counts["report_gap"] == 80
        assert here.hall.counts["notes_dropped"] == 2, "its hello, and that its incarnation is new"
        await agent.close()


async def test_other_events_under_known_sequences_are_refused(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.send([start_of(1), start_of(2)])
        await agent.until_acked(2)
        await agent.close()
        await agent.hello()
        agent.next, agent.previous = 3, hashlib.sha256(b"another history").digest()
        await agent.send([start_of(3)])
        assert (await agent.until_goodbye()).goodbye.reason == REASON_EPOCH
        await asyncio.gather(*here.hall.tasks)
        assert here.hall.counts["report_chain_broken"] == 1
        await agent.close()


async def test_a_full_disk_ends_the_stream_and_loses_nothing(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        room = here.hall.log._room
        enough, room.limits, room.next_look = room.limits, Limits(minimum_free_bytes=1 << 60), 0.0
        refused = agent.batch([start_of(2)])
        await agent.call.write(refused)
        goodbye = (await agent.until_goodbye()).goodbye
        assert (goodbye.reason, goodbye.retry_after_ms) == (REASON_FULL, 30_000)
        assert f"bytes are free at {here.paths.log}" in goodbye.detail
        assert "make room" in goodbye.detail
        await agent.close()
        room.limits = enough
        welcome = await agent.hello()  # the door stays open: health and asks need no room
        assert [(a.lane, a.sequence) for a in welcome.welcome.acked] == [(1, 1)]
        await agent.call.write(refused)
        await agent.until_acked(2)
        assert here.hall.counts["streams_ended_full"] == 1
        await agent.close()


async def test_a_disk_that_fails_ends_the_stream_and_loses_nothing(tmp_path, monkeypatch):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        refused = agent.batch([start_of(2)])
        with monkeypatch.context() as broken:
            broken.setattr(here.hall.log._segments, "append", fail)
            await agent.call.write(refused)
            assert (await agent.until_goodbye()).goodbye.reason == REASON_SHUTDOWN
        await agent.close()
        await agent.hello()
        await agent.call.write(refused)
        await agent.until_acked(2)
        assert (here.hall.counts["streams_ended_error"], here.hall.counts["streams_ended_full"]) == (1, 0)
        await agent.close()


def fail(*_):
    raise OSError(errno.EIO, os.strerror(errno.EIO))


async def test_an_agent_that_does_not_read_is_left(tmp_path, monkeypatch):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        held = here.hall.streams.live[agent.host]
        monkeypatch.setattr(stream, "WRITE_TIMEOUT_S", 0.05)
        never = SimpleNamespace(read=held._context.read, write=lambda _: asyncio.Event().wait())
        monkeypatch.setattr(held, "_context", never)
        await agent.send([start_of(1)])
        assert await agent.call.read() is grpc.aio.EOF
        assert here.hall.counts["streams_broken"] == 1
        await agent.close()
        assert (await agent.hello()).welcome.acked[0].sequence == 1
        await agent.close()


async def test_a_certificate_that_ends_ends_its_open_stream(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent(days=1)
        ends = x509.load_pem_x509_certificate(agent.certificate).not_valid_after_utc.timestamp()
        here.hall.clock = lambda: int((ends - 0.3) * 1e9)  # the collector's clock, shortly before the certificate's end
        await agent.hello()
        assert (await agent.until_goodbye()).goodbye.reason == REASON_REVOKED
        await agent.close()
