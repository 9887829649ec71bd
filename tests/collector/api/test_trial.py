import asyncio
import json
import sys

import pytest
from tramgac_collector.api import trial
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.trial import Trial


def told(monkeypatch, script, *, take=99):
    """What comes of a process that runs a script in place of the backtest, and how it ended."""
    monkeypatch.setattr(trial, "_COMMAND", (sys.executable, "-I", "-S", "-c", script))

    async def follow():
        found = await Trial.begin(b'{"a": 1}')
        lines = []
        async for line in found.lines():
            lines.append(json.loads(line))
            if len(lines) == take:
                break
        await found.end()
        return lines, found._process.returncode

    return asyncio.run(follow())


ECHO = "import sys; print(sys.stdin.read()); print('{\"summary\": {}}')"


def test_its_lines_come_as_they_are(monkeypatch):
    assert told(monkeypatch, ECHO)[0] == [{"a": 1}, {"summary": {}}]


def test_one_that_ends_early_says_so(monkeypatch):
    lines, _ = told(monkeypatch, "print('{}', flush=True)")
    assert lines[0] == {}
    assert (lines[1]["error"], "ended early" in lines[1]["params"]["reason"]) == ("unavailable", True)
    with pytest.raises(Unavailable):
        told(monkeypatch, "")


def test_one_that_nobody_waits_for_is_killed(monkeypatch):
    lines, status = told(monkeypatch, "import time; print('{}', flush=True); time.sleep(60)", take=1)
    assert (lines, status) == ([{}], -9)


@pytest.mark.parametrize(("code", "kind"), [("refused", Refused), ("unavailable", Unavailable)])
def test_a_fault_at_once_is_an_answer_of_its_own(monkeypatch, code, kind):
    line = json.dumps({"error": code, "params": {"refusal": "backtest_rules", "reason": "x"}})
    with pytest.raises(kind) as error:
        told(monkeypatch, f"print({line!r})")
    assert error.value.params == {"refusal": "backtest_rules", "reason": "x"}
