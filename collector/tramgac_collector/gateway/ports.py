"""The two gRPC servers of a gateway and their limits."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from tramgac_proto.enrolment_pb2_grpc import add_EnrolmentServicer_to_server
from tramgac_proto.session_pb2_grpc import add_CollectorServicer_to_server
from tramgac_wire.limits import MAX_MESSAGE

from tramgac_collector.config import address
from tramgac_collector.enrolment import EnrolmentService, Rates
from tramgac_collector.errors import PortInUse
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.service import CollectorService
from tramgac_collector.listening import hindrance
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

_MAX_ENROL_MESSAGE = 16_384
_COMMON: tuple[tuple[str, int], ...] = (
    ("grpc.max_metadata_size", 8_192),
    ("grpc.absolute_max_metadata_size", 16_384),
    ("grpc.server_handshake_timeout_ms", 3_000),  # a silent connection holds a descriptor no longer than this
    # One on which nobody asks for anything takes 100 kB: who is sent off could hold as many as it likes. Much shorter,
    # and thousands who come at once are let go before they could begin, and come again.
    ("grpc.max_connection_idle_ms", 10_000),
    ("grpc.so_reuseport", 0),  # a second collector on the port is an error, not half of the agents
)
SESSION_OPTIONS: tuple[tuple[str, int], ...] = (
    *_COMMON,
    # Twice our own limit, so that we may say what is wrong; above it gRPC ends the call before it is read.
    ("grpc.max_receive_message_length", 2 * MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_concurrent_streams", 4),
    ("grpc.http2.bdp_probe", 0),  # saves 30 bytes a message on thin lines
    ("grpc.keepalive_time_ms", 120_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.ping_timeout_ms", 20_000),  # else a dead line is noticed 60 s after the ping, whatever stands above
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 30_000),
)
_ENROL: tuple[tuple[str, int], ...] = (
    *_COMMON,
    ("grpc.max_receive_message_length", _MAX_ENROL_MESSAGE),
    ("grpc.max_concurrent_streams", 1),
)


@dataclass(frozen=True, slots=True)
class Ports:
    """The servers, started, with the ports that they have."""

    session: grpc.aio.Server
    session_port: int
    enrol: grpc.aio.Server
    enrol_port: int

    async def stop(self, grace_s: float) -> None:
        """Take no new calls, and end those that are open after `grace_s` seconds."""
        await self.enrol.stop(grace_s)
        await self.session.stop(grace_s)


async def open_ports(hall: Hall) -> Ports:
    """Listen on both ports.

    Raises:
        PortInUse: somebody else listens on one of them, or it may not be had.
    """
    config = hall.config
    hall.learn_names()
    session = grpc.aio.server(options=SESSION_OPTIONS)
    add_CollectorServicer_to_server(CollectorService(hall), session)
    session_port = _listen(session, config.session_listen, _credentials(hall.paths, demand=True), "session_listen")
    enrol = grpc.aio.server(options=_ENROL)
    advertised = f"{_bracketed(config.advertise)}:{session_port}"
    rates = Rates(config.enrolments_per_second)
    service = EnrolmentService(hall.paths, hall.control, hall.counts, rates, advertised)
    add_EnrolmentServicer_to_server(service, enrol)
    enrol_port = _listen(enrol, config.enrol_listen, _credentials(hall.paths, demand=False), "enrol_listen")
    await session.start()
    await enrol.start()
    return Ports(session, session_port, enrol, enrol_port)


def _credentials(paths: StatePaths, *, demand: bool) -> grpc.ServerCredentials:
    pair = (paths.server_key.read_bytes(), paths.server_certificate.read_bytes())
    roots = paths.ca_certificate.read_bytes() if demand else None
    return grpc.ssl_server_credentials([pair], root_certificates=roots, require_client_auth=demand)


def _listen(server: grpc.aio.Server, where: str, credentials: grpc.ServerCredentials, setting: str) -> int:
    host, port = address(where)
    try:
        return int(server.add_secure_port(f"{_bracketed(host)}:{port}", credentials))
    except RuntimeError as error:  # gRPC does not say why
        why = hindrance(where)
        raise PortInUse(Trouble.LISTEN.both(taken=f"{setting} {where}{why and f': {why}'}")) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
