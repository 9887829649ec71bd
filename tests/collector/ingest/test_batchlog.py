import inspect

import pytest
from tramgac_collector.ingest import IngestLog
from tramgac_collector.ingest.batchlog import BatchLog
from tramgac_collector.jetstream.log import QueueLog


@pytest.mark.parametrize("log", [IngestLog, QueueLog])
def test_both_answer_what_a_gateway_asks(log):
    asked = [name for name, member in vars(BatchLog).items() if inspect.isfunction(member) and name[0] != "_"]
    assert len(asked) >= 7
    for name in asked:
        theirs, wanted = (list(inspect.signature(getattr(kind, name)).parameters) for kind in (log, BatchLog))
        assert theirs == wanted, name
