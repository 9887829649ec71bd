import asyncio
import contextlib

import pytest
from tramgac_agent.link import Closed, Heard, Link, Opened, Written
from tramgac_proto import session_pb2 as pb

from tests.agent.collector import Memory, serving
from tests.agent.host import until
from tests.agent.pki import Authority

pytestmark = [pytest.mark.enable_socket, pytest.mark.asyncio]
HELLO = pb.AgentMessage(hello=pb.Hello(epoch=1))


@pytest.fixture
def memory():
    return Memory(Authority())


@contextlib.asynccontextmanager
async def linked(memory):
    facts = []
    async with serving(memory) as address:
        link = Link(address, 120, facts.append)
        link.connect(memory.authority.identity())
        await until(lambda: facts)
        yield link, facts
        await link.close()


async def test_a_stream_opens_speaks_and_closes(memory):
    async with linked(memory) as (link, facts):
        assert facts == [Opened(1)]
        link.send(HELLO, Written(1, 2, 3, 4, 5))
        await until(lambda: len(facts) >= 3)
        assert Written(1, 2, 3, 4, 5) in facts
        assert next(fact for fact in facts if isinstance(fact, Heard)).message.HasField("welcome")
        await link.close()
        assert isinstance(facts[-1], Closed)
        await link.close()
        assert len([fact for fact in facts if isinstance(fact, Closed)]) == 1


async def test_the_collectors_end_is_told_with_its_reason(memory):
    memory.goodbyes = [pb.Goodbye(reason=pb.REASON_SHUTDOWN)]
    async with linked(memory) as (link, facts):
        link.send(HELLO)
        await until(lambda: isinstance(facts[-1], Closed))
        assert "ended" in facts[-1].reason


async def test_a_stream_on_which_nothing_can_be_written_any_more_ends_with_its_reason(memory, monkeypatch):
    async def broken(*_):
        raise LookupError("not foreseen")

    monkeypatch.setattr(Link, "_write", broken)
    async with linked(memory) as (_, facts):
        await until(lambda: isinstance(facts[-1], Closed))
        assert "not foreseen" in facts[-1].reason


async def test_what_comes_from_an_abandoned_stream_is_past(memory):
    async with linked(memory) as (link, facts):
        await link.abandon()
        assert facts[-1].stream < link.stream


async def test_without_a_stream_errands_are_refused(memory):
    link = Link("127.0.0.1:1", 120, lambda _: None)
    with pytest.raises(ConnectionError, match="no link"):
        await link.renew(b"")


async def test_files_are_fetched_within_their_limit(memory):
    memory.files["a"] = bytes(5000)
    async with linked(memory) as (link, _):
        assert await link.fetch("a", 5000) == bytes(5000)
        with pytest.raises(KeyError):
            await link.fetch("b", 5000)
        with pytest.raises(ValueError, match="above"):
            await link.fetch("a", 4999)


async def test_nobody_there_is_told_and_not_tried_again(memory):
    facts = []
    async with serving(memory) as address:
        pass
    link = Link(address, 120, facts.append)
    link.connect(memory.authority.identity())
    await until(lambda: facts)
    assert facts[0].reason.startswith("unreachable: ")
    await asyncio.sleep(0)
    assert len(facts) == 1
