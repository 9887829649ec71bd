import errno

import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient
from tramgac_collector.api.bulkhead import Bulkhead
from tramgac_collector.logs import Counts


def test_a_broken_request_is_counted_and_answered_with_a_reference():
    async def broken(_scope, _receive, _send):
        raise RuntimeError("secret of the inside")

    counts = Counts()
    answer = TestClient(Bulkhead(broken, counts=counts)).get("/")
    assert answer.status_code == 500
    assert answer.json()["error"] == "internal"
    assert len(answer.json()["params"]["reference"]) == 8
    assert "secret" not in answer.text
    assert counts["requests_failed"] == 1


def test_an_answer_that_had_begun_is_broken_off():
    def half():
        yield b"half"
        raise RuntimeError

    async def app(scope, receive, send):
        await StreamingResponse(half())(scope, receive, send)

    counts = Counts()
    with pytest.raises(ConnectionAbortedError):
        TestClient(Bulkhead(app, counts=counts)).get("/")
    assert counts["requests_failed"] == 1


def test_a_full_disk_is_told_as_one():
    async def broken(_scope, _receive, _send):
        raise RuntimeError from OSError(errno.ENOSPC, "No space left on device")

    answer = TestClient(Bulkhead(broken, counts=Counts())).get("/")
    assert (answer.status_code, answer.json()["error"]) == (507, "disk_full")
