"""The engine itself runs in the session's process: here what is around it."""

import json
from pathlib import Path

import pytest
from tramgac_collector.engine.execute import _data, _headers, refusal
from tramgac_collector.engine.statement import Statement


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("in chdb: Code: 60. DB::Exception: no table", 404, "60"),
        ("Code: 164. DB::Exception: readonly", 500, "164"),
        ("Code: 516. DB::Exception: password", 403, "516"),
        ("something else", 500, "1001"),
    ],
)
def test_errors_become_answers(text, status, code):
    found = refusal(text)
    assert found.status == status
    assert found.headers["X-ClickHouse-Exception-Code"] == code
    assert found.body.startswith((b"Code: ", b"something"))


def test_data_are_read_from_memory():
    with _data(Statement("INSERT INTO t FORMAT TSV", "TSV", data=b"x" * 3_000_000, data_format="TSV")) as clause:
        assert clause.startswith(" FROM INFILE '/proc/self/fd/")
        assert len(Path(clause.split("'")[1]).read_bytes()) == 3_000_000
    with _data(Statement("SELECT 1", "TSV")) as clause:
        assert clause == ""


def test_the_summary_is_json():
    class Result:
        def __getattr__(self, _name):
            return lambda: 7

    assert json.loads(_headers(Result(), "Native", 0)["X-ClickHouse-Summary"])["read_rows"] == "7"
