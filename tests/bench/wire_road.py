"""Every byte that batches take on the wire: IP, TCP, TLS, HTTP/2, gRPC, acknowledgements. Not a benchmark itself.

A network namespace of its own has nothing in it but this process and its loopback interface, set up as a link of 1,500
bytes that splits segments itself: what the kernel counts there is what a line would carry, Ethernet's frames left out.
The agent's channel, the gateway's options and the collector's half of the session are the real ones.
"""

import asyncio
import ctypes
import fcntl
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from tramgac_agent import tls
from tramgac_collector.gateway import ports
from tramgac_proto.session_pb2 import AgentMessage, Batch, CollectorMessage, Hello
from tramgac_proto.session_pb2_grpc import CollectorServicer, CollectorStub, add_CollectorServicer_to_server
from tramgac_wire import collector_session as cs
from tramgac_wire.dictionary import Dictionaries

from tests.agent.pki import Authority

MTU, PAUSE_S = 1_500, 0.06
"""A pause is longer than TCP puts off an acknowledgement: batches do not carry those of the ones before them."""
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _SIOCSIFMTU, _SIOCETHTOOL = 0x8913, 0x8914, 0x8922, 0x8946
_OFF = (0x1F, 0x24, 0x2C)  # ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO of linux/ethtool.h


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes on the wire, both ways."""

    connection: int
    """Handshakes, Hello and Welcome."""
    batches: int
    """All batches and what answers them."""


def plain_loopback() -> None:
    """Bring the namespace's loopback up, without what only a loopback can do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFMTU, struct.pack("16si", b"lo", MTU))
        for command in _OFF:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("16sP", b"lo", ctypes.addressof(value)) + bytes(16))
        (flags,) = struct.unpack_from("h", fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16sh", b"lo", 0)), 16)
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | 1))


def carried() -> int:
    """Bytes that the loopback has carried so far."""
    lines = Path("/proc/net/dev").read_text("ascii").splitlines()
    return next(int(line.split(":")[1].split()[8]) for line in lines if line.strip().startswith("lo:"))


class _Collector(CollectorServicer):
    """The collector's half over a log that takes everything at once."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries

    async def Session(self, request_iterator: object, context: Any) -> None:  # type: ignore[override] # noqa: ARG002, N802
        session = cs.CollectorSession("h", acked=lambda _: {}, clock=time.time_ns, dictionaries=self._dictionaries)
        while isinstance(message := await context.read(), AgentMessage):
            for command in session.received(message, time.monotonic_ns()):
                given = [command]
                if isinstance(command, cs.Store):
                    batch = command.batch
                    given = [*session.stored(batch.epoch, int(batch.lane), command.last, command.chain)]
                for each in given:
                    if isinstance(each, cs.Send):
                        await context.write(each.message)
                    elif isinstance(each, cs.Close):
                        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, each.detail)


async def cost(batches: Iterable[Batch], hello: Hello, dictionaries: Dictionaries) -> Cost:
    """Send batches one by one, each after the answer to the one before and a pause."""
    authority = Authority()
    server = grpc.aio.server(options=ports.SESSION_OPTIONS)
    add_CollectorServicer_to_server(_Collector(dictionaries), server)
    credentials = grpc.ssl_server_credentials([authority.server()], authority.pem, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    before = carried()
    async with tls.channel(f"127.0.0.1:{port}", authority.identity(), 120) as channel:
        call = CollectorStub(channel).Session()
        await _exchange(call, AgentMessage(hello=hello))
        begun = carried()
        for batch in batches:
            await _exchange(call, AgentMessage(batch=batch))
        ended = carried()
        await call.done_writing()
    await server.stop(0)
    return Cost(begun - before, ended - begun)


async def _exchange(call: grpc.aio.StreamStreamCall[AgentMessage, CollectorMessage], message: AgentMessage) -> None:
    await call.write(message)
    answer = await call.read()
    if not isinstance(answer, CollectorMessage) or answer.WhichOneof("message") not in {"welcome", "ack"}:
        msg = f"the collector answered {answer}"
        raise RuntimeError(msg)
    await asyncio.sleep(PAUSE_S)
