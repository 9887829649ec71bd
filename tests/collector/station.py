"""A real gateway on loopback in the test's own loop, and agents that speak with it over real gRPC and mutual TLS."""

import asyncio
import contextlib
import datetime as dt
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tramgac_collector import database, hosts, initialise, signer, tokens
from tramgac_collector.bucket import Bucket
from tramgac_collector.ca import Authority, host_of, new_serial
from tramgac_collector.config import CollectorConfig
from tramgac_collector.gateway.control import Control
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.ports import Ports, open_ports
from tramgac_collector.gateway.role import close, open_log
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, Hello
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire import chain
from tramgac_wire.batch import pack
from tramgac_wire.limits import CONTENT, SAMPLE

LOOPBACK = {"session_listen": "127.0.0.1:0", "enrol_listen": "127.0.0.1:0", "console_listen": "127.0.0.1:0"}


def settings(**changes: object) -> CollectorConfig:
    return CollectorConfig(**{**LOOPBACK, "minimum_free_bytes": 0, **changes})


def request_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def start_of(number: int, text: str = "") -> bytes:
    event = Event(time=1_700_000_000_000_000_000 + number)
    event.process_start.process.pid = number
    event.process_start.process.command_line = text or f"/bin/true {number}"
    return event.SerializeToString()


@dataclass
class Agent:
    """One enrolled host with a spool of one lane in memory."""

    address: str
    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    authority: bytes
    epoch: int = 7
    name: str = "pc-1"
    previous: bytes = chain.START
    next: int = 1
    call: grpc.aio.StreamStreamCall = field(init=False)
    channel: grpc.aio.Channel = field(init=False)

    @property
    def host(self) -> str:
        return host_of(self.key.public_key())

    def open(self, options: Sequence[tuple[str, object]] = ()) -> CollectorStub:
        credentials = grpc.ssl_channel_credentials(self.authority, pem(self.key), self.certificate)
        self.channel = grpc.aio.secure_channel(self.address, credentials, options=options)
        return CollectorStub(self.channel)

    async def hello(self, **changes: object) -> CollectorMessage:
        """Open a stream, greet, and give the answer."""
        self.call = self.open().Session()
        can = changes.pop("capabilities", [CONTENT, SAMPLE])
        hello = Hello(
            version_low=1,
            version_high=1,
            agent_version="0.1.0",
            clock=time.time_ns(),
            epoch=self.epoch,
            hostname=self.name,
            capabilities=can,
        )
        hello.MergeFrom(Hello(**changes))
        await self.call.write(AgentMessage(hello=hello))
        return await self.call.read()

    def batch(self, blobs: Sequence[bytes], lane: int = 1) -> AgentMessage:
        batch = pack(self.epoch, lane, self.next, self.previous, blobs)
        self.next += len(blobs)
        self.previous = chain.extend(self.previous, blobs)
        return AgentMessage(batch=batch)

    async def send(self, blobs: Sequence[bytes]) -> None:
        await self.call.write(self.batch(blobs))

    async def until_acked(self, sequence: int) -> None:
        """Read until the collector vouches for `sequence`."""
        while True:
            message = await self.call.read()
            assert message is not grpc.aio.EOF, "the stream ended"
            if any(lane.sequence >= sequence for lane in message.ack.lanes):
                return

    async def until_goodbye(self) -> CollectorMessage:
        while (message := await self.call.read()) is not grpc.aio.EOF:
            if message.HasField("goodbye"):
                return message
        raise AssertionError("the stream ended without a goodbye")

    async def close(self) -> None:
        await self.channel.close()


@dataclass
class Station:
    """The gateway under test."""

    paths: StatePaths
    hall: Hall
    ports: Ports
    authority: Authority

    @property
    def ca(self) -> bytes:
        return self.paths.ca_certificate.read_bytes()

    async def token(self, **changes: int) -> str:
        wanted = {"uses": 1, "ttl_s": 600, "now": time.time_ns(), **changes}
        return (await self.hall.control.write(lambda s: tokens.create(s, site="here", by="test", **wanted)))[0]

    async def agent(
        self,
        *,
        days: int = 14,
        now: dt.datetime | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        **changes: object,
    ) -> Agent:
        """Make a host that is enrolled, without the enrolment port."""
        key, serial = key or ec.generate_private_key(ec.SECP256R1()), new_serial()
        _, leaf = self.authority.agent_leaf(request_of(key), serial, days=days, now=now or dt.datetime.now(dt.UTC))
        secret = await self.token()

        def write(s: database.Session) -> None:
            token = tokens.redeem(s, secret, time.time_ns())
            hosts.enrol(s, host_of(key.public_key()), "pc-1", "linux", "0.1.0", serial, token, time.time_ns())

        await self.hall.control.write(write)
        certificate = leaf.public_bytes(serialization.Encoding.PEM)
        return Agent(f"127.0.0.1:{self.ports.session_port}", key, certificate, self.ca, **changes)


def prepare(root: Path, config: CollectorConfig | None = None) -> StatePaths:
    paths = StatePaths(root)
    initialise.initialise(paths, config or settings())
    return paths


@contextlib.asynccontextmanager
async def station(root: Path, **changes: object) -> AsyncIterator[Station]:
    """A gateway that serves inside the block."""
    config = settings(**changes)
    paths = prepare(root, config)
    counts = Counts()
    control = Control(database.open_database(config.url(paths)))
    log = open_log(paths, config, counts)
    hall = Hall(paths, config, log, control, counts)
    ports = await open_ports(hall)
    try:
        yield Station(paths, hall, ports, Authority.load(paths.ca_key, paths.ca_certificate))
    finally:
        await close(hall, ports)
        await asyncio.to_thread(log.close)
        control.close()


@contextlib.contextmanager
def running_signer(paths: StatePaths) -> Iterator[None]:
    """A signer on the state directory's socket, in a thread."""
    engine = database.open_database(paths.database_url)
    stop = threading.Event()

    def allowed(host: str, serial: str) -> bool:
        with database.reading(engine) as session:
            return hosts.allowed(session, host, serial)

    work = signer.Signer(Authority.load(paths.ca_key, paths.ca_certificate), allowed, 14, Bucket(100, 100))
    thread = threading.Thread(target=signer.serve, args=(paths, work, stop))
    thread.start()
    while not paths.ready("signer").exists():
        time.sleep(0.005)
    try:
        yield
    finally:
        stop.set()
        thread.join()
        engine.dispose()
