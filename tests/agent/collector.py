"""A collector in memory behind a real gRPC server with real certificates: stores, acknowledges, keeps what it heard."""

# ruff: noqa: N802, ARG002 - the names and signatures are gRPC's

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import asynccontextmanager

import grpc
from tramgac_agent import identity
from tramgac_proto import session_pb2 as pb
from tramgac_proto.enrolment_pb2 import EnrollReply
from tramgac_proto.enrolment_pb2_grpc import EnrolmentServicer, add_EnrolmentServicer_to_server
from tramgac_proto.session_pb2_grpc import CollectorServicer, add_CollectorServicer_to_server
from tramgac_wire.batch import unpack
from tramgac_wire.chain import START, extend

from tests.agent.pki import Authority


class Memory(CollectorServicer, EnrolmentServicer):
    """What a collector would have: events by (epoch, lane), reports, refusals, samples."""

    def __init__(self, authority: Authority):
        self.authority = authority
        self.events = defaultdict(dict)
        self.chains = defaultdict(lambda: START)
        self.acked = defaultdict(int)
        self.hellos = []
        self.heard = []
        self.samples = {}
        self.files = {}
        self.tokens = {}
        self.content_root = b""
        self.session_address = ""
        self.acking = True
        self.goodbyes = []
        self.garbage = []
        self.offered = 0
        self.clock_ahead_ns = 0
        self.window = None
        self.renewed = 0
        self.calls = []

    async def Session(self, request_iterator, context):
        call = asyncio.Queue()
        self.calls.append(call)
        reader = asyncio.create_task(self._listen(request_iterator, call))
        try:
            while (message := await call.get()) is not None:
                yield message
                if message.WhichOneof("message") == "goodbye":
                    return
        finally:
            reader.cancel()

    async def _listen(self, incoming, call):
        async for message in incoming:
            kind = message.WhichOneof("message")
            self.heard.append(message)
            if kind == "hello":
                self.hellos.append(message.hello)
                self._welcome(message.hello, call)
            elif kind == "batch":
                self._store(message.batch, call)
        await call.put(None)

    def _welcome(self, hello, call):
        for item in self.garbage:
            call.put_nowait(item)
        self.garbage = []
        if self.goodbyes:
            call.put_nowait(pb.CollectorMessage(goodbye=self.goodbyes.pop(0)))
            return
        marks = [pb.LaneAck(lane=k[1], sequence=v) for k, v in self.acked.items() if k[0] == hello.epoch]
        for mark in marks:
            mark.chain = self.chains.get((hello.epoch, mark.lane), b"")
        welcome = pb.Welcome(version=1, clock=time.time_ns() + self.clock_ahead_ns, acked=marks)
        for epoch in hello.kept:
            marks = [pb.LaneAck(lane=k[1], sequence=v) for k, v in self.acked.items() if k[0] == epoch]
            welcome.kept.add(epoch=epoch, acked=marks)
        if self.offered:
            welcome.content.version = self.offered
        call.put_nowait(pb.CollectorMessage(welcome=welcome))

    def _store(self, batch, call):
        key = (batch.epoch, batch.lane)
        blobs = unpack(batch)
        for offset, blob in enumerate(blobs):
            assert self.events[key].setdefault(batch.first + offset, blob) == blob, "another event under one sequence"
        if batch.first == self.acked[key] + 1:
            assert batch.previous == self.chains[key]
        self.chains[key] = extend(batch.previous, blobs)
        self.acked[key] = max(self.acked[key], batch.first + len(blobs) - 1)
        if self.acking:
            mark = pb.LaneAck(lane=batch.lane, sequence=self.acked[key])
            call.put_nowait(pb.CollectorMessage(ack=pb.Ack(epoch=batch.epoch, lanes=[mark])))

    def say(self, **message):
        """Say something on the newest stream."""
        self.calls[-1].put_nowait(pb.CollectorMessage(**message))

    async def Fetch(self, request, context):
        if request.name not in self.files:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such file")
        data = self.files[request.name]
        for at in range(0, max(1, len(data)), 1000):
            yield pb.FetchChunk(data=data[at : at + 1000])

    async def SendSample(self, request_iterator, context):
        sha256, size, data = b"", 0, b""
        async for chunk in request_iterator:
            sha256, size, data = sha256 or chunk.sha256, size or chunk.size, data + chunk.data
        self.samples[sha256] = data
        return pb.SampleReceipt(stored=len(data) == size)

    async def Renew(self, request, context):
        self.renewed += 1
        certificate = self.authority.agent(request.csr, self.window)
        return pb.RenewReply(certificate=certificate.decode(), authorities=self.authority.pem.decode())

    async def Enroll(self, request, context):
        state = self.tokens.get(request.token, "token_unknown")
        if state != "good":
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, f"enrolment refused: {state}")
        self.tokens[request.token] = "token_used"
        certificate = self.authority.agent(request.csr, self.window)
        key = identity.x509.load_der_x509_csr(request.csr).public_key()
        return EnrollReply(
            host=identity.host_id(key),
            certificate=certificate.decode(),
            authorities=self.authority.pem.decode(),
            collector=self.session_address or "127.0.0.1:1",
            content_root=self.content_root,
        )

    def stored(self, lane, epoch=None):
        """The events of a lane in order of sequence."""
        found = {}
        for (of, number), events in self.events.items():
            if number == lane and epoch in {None, of}:
                found |= {(of, sequence): blob for sequence, blob in events.items()}
        return [found[key] for key in sorted(found)]


@asynccontextmanager
async def serving(memory: Memory, *, client=True, server=None, port=0):
    """Run it; gives HOST:PORT. `client`: demand agents' certificates."""
    key, certificate = server or memory.authority.server()
    credentials = grpc.ssl_server_credentials(
        [(key, certificate)], memory.authority.pem if client else None, require_client_auth=client
    )
    running = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    add_CollectorServicer_to_server(memory, running)
    add_EnrolmentServicer_to_server(memory, running)
    port = running.add_secure_port(f"127.0.0.1:{port}", credentials)
    await running.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await running.stop(0)
