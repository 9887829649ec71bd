"""What hosts signed of their events, the newest of each lane: kept where the ingest log's retention does not reach."""

from collections.abc import Collection, Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tramgac_collector.database import replace_many
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.proof_schema import ProofRow

LANES_A_HOST = 60
"""Lanes of one host that are kept, those last spoken for: an honest host has three an incarnation."""
_AT_ONCE = 500


def keep(s: Session, said: Collection[Attestation]) -> None:
    """Write down what hosts signed, of each lane one, in place of what stands there."""
    known: dict[str, list[tuple[int, str, int]]] = {}
    hosts = sorted({one.host for one in said})
    for start in range(0, len(hosts), _AT_ONCE):
        some = hosts[start : start + _AT_ONCE]
        query = select(ProofRow.host, ProofRow.time, ProofRow.epoch, ProofRow.lane).where(ProofRow.host.in_(some))
        for host, time, epoch, lane in s.execute(query):
            known.setdefault(host, []).append((time, epoch, lane))
    for host, lanes in known.items():
        for _, epoch, lane in sorted(lanes)[: max(0, len(lanes) - LANES_A_HOST)]:
            where = (ProofRow.host == host, ProofRow.epoch == epoch, ProofRow.lane == lane)
            s.execute(delete(ProofRow).where(*where))
    replace_many(s, ProofRow, [_row(one) for one in said])


def listing(s: Session, host: str | None = None) -> Iterator[Attestation]:
    """Give what is kept of a host, or of all."""
    query = select(ProofRow).order_by(ProofRow.host, ProofRow.epoch, ProofRow.lane)
    for row in s.scalars(query if host is None else query.where(ProofRow.host == host)):
        told = (bytes.fromhex(row.chain), bytes.fromhex(row.key), bytes.fromhex(row.signature))
        yield Attestation(row.host, row.time, int(row.epoch, 16), row.lane, row.sequence, *told)


def _row(said: Attestation) -> dict[str, object]:
    where = {"host": said.host, "epoch": f"{said.epoch:016x}", "lane": said.lane, "sequence": said.sequence}
    proof = {"chain": said.chain.hex(), "key": said.key.hex(), "signature": said.signature.hex()}
    return {**where, "time": said.received, **proof}
