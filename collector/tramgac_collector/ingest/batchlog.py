"""What a gateway asks of that which holds acknowledged batches: this machine's log, or several gateways' queue."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from tramgac_proto.session_pb2 import Batch

from tramgac_collector.ingest.attestation import Attestation


class BatchLog(Protocol):
    """Where batches are safe. Futures give a position once nothing can lose it, or fail with DiskFull, IngestError."""

    async def recall(self, host: str) -> None:
        """Learn how far a host's lanes have come, before its stream begins. Raises IngestError."""

    def marks(self, host: str, epoch: int) -> dict[int, tuple[int, bytes]]:
        """Give (sequence, chain) of each lane of the epoch, as far as it is safe."""

    def knows(self, host: str) -> bool:
        """Whether anything of this host is safe."""

    def forgets(self, host: str) -> bool:
        """Whether an epoch of this host of which nothing is known may have been known once."""

    def submit(self, host: str, received: int, skip: int, batch: Batch, chain: bytes) -> Future[int]:
        """Hand in a batch, of which the first `skip` events are there."""

    def attest(self, said: Attestation) -> Future[int]:
        """Hand in what a host signed, after the batches that it speaks for."""

    def check(self) -> None:
        """Raise IngestError if nothing more can be taken: the process must end and open it again."""

    def close(self) -> None:
        """Write what was handed in, then stop; not for the event loop's thread."""
