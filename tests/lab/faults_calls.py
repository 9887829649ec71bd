"""A rogue that enrols, renews, fetches and sends samples in another host's name. Part of `faults`; not a lane itself.

The fields are those of faults_identity.IDENTITIES; whatever the collector answers must be about the rogue.
"""

import json

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf.message import Message
from tramgac_collector import ca
from tramgac_proto.enrolment_pb2 import EnrollRequest
from tramgac_proto.enrolment_pb2_grpc import EnrolmentStub
from tramgac_proto.session_pb2 import FetchRequest, RenewRequest, SampleChunk
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire import ticket

from tests.lab import faults_identity
from tests.lab.faults_identity import HOST, IDENTITIES, REQUEST
from tests.lab.faults_rogue import Attacker
from tests.lab.fleet_identity import Identity, request_of
from tests.lab.site import Site


def named(key: ec.EllipticCurvePrivateKey, victim: str) -> bytes:
    """A certificate request with one's own key and another's name, DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, victim)])
    uri = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ca.SPIFFE + victim)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(uri, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def filled(request: Message, key: ec.EllipticCurvePrivateKey, victim: str) -> list[Message]:
    """A request for each of its fields that could hold an id or a key, with the victim's in it."""
    made = []
    for field in request.DESCRIPTOR.fields:
        kind = IDENTITIES.get(field.full_name)
        if kind in (HOST, REQUEST):
            one = type(request)()
            one.CopyFrom(request)
            value: str | bytes = named(key, victim) if kind == REQUEST else victim
            faults_identity.write(
                one, field, value.encode() if field.type == field.TYPE_BYTES and kind == HOST else value
            )
            made.append(one)
    return made


async def answered(site: Site, a: Attacker, rogue: Identity, victim: Identity) -> tuple[int, int]:
    """Ask for everything in another's name: how many fields were tried, and how many answers were the other's."""
    tried, theirs = await _enrolled(site, victim)
    async with a.channel() as channel:
        stub = CollectorStub(channel)
        for request in filled(RenewRequest(), rogue.key, victim.host):
            reply = await stub.Renew(request)
            theirs += ca.identify(reply.certificate.encode()).host != rogue.host
            tried += 1
        theirs += await stub.Renew(RenewRequest(csr=request_of(victim.key))).code() is grpc.StatusCode.OK
        for request in filled(FetchRequest(), rogue.key, victim.host):
            theirs += await stub.Fetch(request).code() is not grpc.StatusCode.NOT_FOUND
            tried += 1
        for request in filled(SampleChunk(sha256=bytes(32), size=len(victim.host)), rogue.key, victim.host):
            theirs += (await stub.SendSample(iter([request]))).stored
            tried += 1
    return tried, theirs


async def _enrolled(site: Site, victim: Identity) -> tuple[int, int]:
    told = json.loads(site.stage.paths.gateway.read_text())
    key = ec.generate_private_key(ec.SECP256R1())
    own = EnrollRequest(csr=request_of(key), hostname="rogue", os_type="linux", agent_version="lab")
    requests, theirs = filled(own, key, victim.host), 0
    async with grpc.aio.secure_channel(
        f"127.0.0.1:{told['enrol']}", grpc.ssl_channel_credentials(victim.authority)
    ) as channel:
        for request in requests:
            text = site.stage.client.send("/api/tokens", {"uses": 1, "ttl_s": 600, "site": "lab"})["ticket"]
            request.token = ticket.decode(text).secret
            reply = await EnrolmentStub(channel).Enroll(request)
            theirs += victim.host in (reply.host, ca.identify(reply.certificate.encode()).host)
    return len(requests), theirs
