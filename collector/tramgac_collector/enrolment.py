"""The enrolment port: a token and a key's proof against a certificate. Server-side TLS only, and nothing else on it.

Whoever fails gets PERMISSION_DENIED and one of few words, after the same work; guessing 192 bits gains nothing from
knowing which, and an honest administrator learns what to do.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import grpc
import structlog
from sqlalchemy.orm import Session
from tramgac_proto.enrolment_pb2 import EnrollReply, EnrollRequest
from tramgac_proto.enrolment_pb2_grpc import EnrolmentServicer
from tramgac_wire.limits import MAX_TEXT

from tramgac_collector import ca, content, hosts, signer, tokens
from tramgac_collector.bucket import Bucket
from tramgac_collector.errors import IdentityError, SignerError
from tramgac_collector.gateway.admission import peer_address
from tramgac_collector.gateway.control import Control
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import TokenExpired, TokenRefused, TokenRevoked, TokenUnknown, TokenUsed

REFUSED = "enrolment refused"
"""How the detail of every refusal begins; a colon and a word of REASONS follow."""
REASONS: dict[type[TokenRefused], str] = {
    TokenUnknown: "token_unknown",
    TokenUsed: "token_used",
    TokenExpired: "token_expired",
    TokenRevoked: "token_revoked",
}
MAX_CSR = 4_096
"""Bytes of a certificate request."""
_SOURCES = 10_000
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Rates:
    """How often enrolment is answered: over all, and for each source address."""

    a_second: float
    _all: Bucket = field(init=False)
    _sources: dict[str, Bucket] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._all = Bucket(self.a_second, max(2 * self.a_second, 10))

    def take(self, source: str, now: float) -> bool:
        """Whether a request from `source` is answered at `now` (seconds, monotonic)."""
        if len(self._sources) >= _SOURCES:
            self._sources.clear()
        mine = self._sources.setdefault(source, Bucket(self.a_second / 2, max(self.a_second, 5)))
        return mine.take(now) and self._all.take(now)


class EnrolmentService(EnrolmentServicer):
    """Answers Enroll."""

    def __init__(self, paths: StatePaths, control: Control, counts: Counts, rates: Rates, collector: str) -> None:
        """`collector` is the HOST:PORT of the session port, as agents reach it."""
        self._paths, self._control, self._counts = paths, control, counts
        self._rates, self._collector = rates, collector

    async def Enroll(self, request: EnrollRequest, context: Any) -> EnrollReply:  # noqa: N802 - gRPC's name
        """Let a host in."""
        address = peer_address(context)
        if not self._rates.take(address.rpartition(":")[0], time.monotonic()):
            self._counts.add("enrolments_limited")
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many enrolments: try again in a minute")
        try:
            host, certificate = await self._enrol(request)
        except (TokenRefused, IdentityError) as error:
            reason = REASONS[type(error)] if isinstance(error, TokenRefused) else "request_invalid"
            self._counts.add(f"enrolments_{reason}")
            _log.warning("refused", address=address, hostname=request.hostname[:MAX_TEXT], reason=str(error))
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, f"{REFUSED}: {reason}")
            raise
        except SignerError as error:
            self._counts.add("enrolments_failed")
            _log.error("enrolment failed", address=address, reason=str(error))
            await context.abort(grpc.StatusCode.UNAVAILABLE, "no certificate can be signed now: try again")
            raise
        self._counts.add("enrolments")
        _log.info("enrolled", host=host, hostname=request.hostname, address=address)
        return EnrollReply(
            host=host,
            certificate=certificate,
            authorities=await asyncio.to_thread(self._paths.ca_certificate.read_text),
            collector=self._collector,
            content_root=await asyncio.to_thread(content.root_of_trust, self._paths),
        )

    async def _enrol(self, request: EnrollRequest) -> tuple[str, str]:
        texts = (request.token, request.hostname, request.os_type, request.agent_version)
        if len(request.csr) > MAX_CSR or any(len(text) > MAX_TEXT for text in texts):
            raise IdentityError("the request is larger than an enrolment can be")
        _, host = ca.read_request(request.csr)
        serial = ca.new_serial()
        now = time.time_ns()

        def write(s: Session) -> None:
            token = tokens.redeem(s, request.token, now, host=host)
            hosts.enrol(s, host, request.hostname, request.os_type, request.agent_version, serial, token, now)

        await self._control.write(write)
        return host, await asyncio.to_thread(signer.sign, self._paths, request.csr, serial)
