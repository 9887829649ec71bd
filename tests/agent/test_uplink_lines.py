"""What the uplink process writes on standard error where the link fails: lines of ours alone, with the reason."""

import asyncio
import contextlib
import os
import re
import socket
import sys

import pytest
from tramgac_agent import identity

from tests.agent.collector import Memory, serving
from tests.agent.host import Host, config_in
from tests.agent.pki import Authority

pytestmark = [pytest.mark.enable_socket, pytest.mark.asyncio]
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} tramgac_agent\.\w+ (?:INFO|WARNING|ERROR) \S.*")


@contextlib.asynccontextmanager
async def closed(_memory):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    yield address


@contextlib.asynccontextmanager
async def foreign(_memory):
    async with serving(Memory(Authority())) as address:
        yield address


@contextlib.asynccontextmanager
async def misnamed(memory):
    async with serving(memory, server=memory.authority.server("192.0.2.7")) as address:
        yield address


@contextlib.asynccontextmanager
async def web(_memory):
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@contextlib.asynccontextmanager
async def uplink(config, **environment):
    """The real process, until the block ends."""
    clean = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"} | {"LC_ALL": "C"}
    command = [sys.executable, "-m", "tramgac_agent", "run", "--part", "uplink", "--state", str(config.state)]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, env=clean | environment)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def lines_until(process, word):
    """What it writes, up to and with a line that has a word, and a second more."""
    found = []
    async with asyncio.timeout(30):
        while not (found and word in found[-1]):
            found.append((await process.stderr.readline()).decode().rstrip("\n"))
            assert found[-1], found
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while line := await process.stderr.readline():
                found.append(line.decode().rstrip("\n"))
    return found


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (closed, "unreachable: Nobody answers at"),
        (foreign, "ca: Whoever answers at"),
        (misnamed, "ca: The collector's certificate does not name"),
        (web, "unreachable: Nobody answers at"),
    ],
)
async def test_a_link_that_fails_is_told_in_our_words_alone(tmp_path, there, reason):
    memory = Memory(Authority())
    async with there(memory) as address:
        config = config_in(tmp_path, collector=address)
        config.paths.config.write_text(f'collector = "{address}"\nuplink_user = "nobody-of-tests"\n')
        async with Host(config).running() as host:
            identity.save(config.paths, memory.authority.identity())
            host.put(1, b"alert")
            async with uplink(config) as process:
                found = await lines_until(process, f"link: waiting: {reason}")
    assert [line for line in found if not LINE.fullmatch(line)] == []


async def test_grpcs_own_lines_are_there_for_whoever_asks(tmp_path):
    memory = Memory(Authority())
    async with foreign(memory) as address:
        config = config_in(tmp_path, collector=address)
        config.paths.config.write_text(f'collector = "{address}"\nuplink_user = "nobody-of-tests"\n')
        async with Host(config).running() as host:
            identity.save(config.paths, memory.authority.identity())
            host.put(1, b"alert")
            async with uplink(config, GRPC_VERBOSITY="INFO") as process:
                found = await lines_until(process, "link: waiting: ")
    assert [line for line in found if not LINE.fullmatch(line)] != []
