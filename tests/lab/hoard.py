"""Many events at once, put where a gateway would put them: real batches of made-up hosts, signed once a minute.

Not a lane itself.
"""

import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector.ca import host_of
from tramgac_collector.ingest import IngestLog, Limits
from tramgac_collector.ingest.attestation import Attestation, attestation
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import LANE_SECURITY, MECHANISM_AGENT, Event
from tramgac_proto.session_pb2 import Checkpoint
from tramgac_wire import chain
from tramgac_wire.batch import pack

_BATCH = 500
_SIGNED = 5  # batches of a host between two signatures


@dataclass
class _Host:
    epoch: int
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    last: int = 0
    end: bytes = chain.START

    @property
    def id(self) -> str:
        return host_of(self.key.public_key())


def _event(number: int) -> bytes:
    made = Event(time=time.time_ns(), boot=1, mechanism=MECHANISM_AGENT)
    process = made.process_start.process
    process.entity_id, process.pid, process.user = number + 1, 1000 + number % 30_000, f"user{number % 50}"
    process.executable = f"/usr/bin/tool{number % 300}"
    process.command_line = f"tool{number % 300} --input /home/user{number % 50}/file{number}"
    made.process_start.parent.executable = "/usr/bin/bash"
    return made.SerializeToString()


def hoard(paths: StatePaths, events: int, hosts: int = 20) -> None:
    """Write so many events into the log of a collector that does not run."""
    log = IngestLog(paths, limits=Limits(), counts=Counts(), synced=lambda: None)
    known = [_Host(epoch + 1) for epoch in range(hosts)]
    result = None
    for place in range(events // _BATCH):
        host = known[place % hosts]
        blobs = [_event(place * _BATCH + number) for number in range(_BATCH)]
        batch = pack(host.epoch, LANE_SECURITY, host.last + 1, host.end, blobs)
        host.last, host.end = host.last + _BATCH, chain.extend(host.end, blobs)
        result = log.submit(host.id, time.time_ns(), 0, batch, host.end)
        if place // hosts % _SIGNED == _SIGNED - 1:
            log.attest(_signed(host))
        if place % 64 == 0:
            result.result(60)
    if result is not None:
        result.result(60)
    log.close()


def _signed(host: _Host) -> Attestation:
    text = chain.checkpoint_bytes(host.epoch, LANE_SECURITY, host.last, host.end)
    signature = host.key.sign(text, ec.ECDSA(hashes.SHA256()))
    said = Checkpoint(epoch=host.epoch, lane=LANE_SECURITY, sequence=host.last, chain=host.end, signature=signature)
    return attestation(host.id, time.time_ns(), said, host.key.public_key())
