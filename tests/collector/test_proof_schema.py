from tramgac_collector.proof_schema import ProofRow
from tramgac_collector.schema import Base


def test_its_table_is_the_control_stores():
    assert Base.metadata.tables["host_proofs"] is ProofRow.__table__
