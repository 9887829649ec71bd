"""The process of a backtest, seen from the application: started, followed, and ended when nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any, Final

from tramgac_collector.api.errors import Refused, Unavailable

_COMMAND: Final = (sys.executable, "-B", "-m", "tramgac_collector.backtest.child")
_LINE: Final = 1 << 20
"""Bytes of its longest line."""
_FAILED: Final = "the process that judges stored events ended early; look into the log of the role api"


class Trial:
    """One running backtest."""

    def __init__(self, process: asyncio.subprocess.Process, first: bytes) -> None:
        """Take a process that has told its first line."""
        self._process, self._first = process, first

    @classmethod
    async def begin(cls, task: bytes) -> Trial:
        """Start it with a task (JSON) and wait for its first line. Raises Refused, Unavailable."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, limit=_LINE)
        async with contextlib.AsyncExitStack() as held:
            held.push_async_callback(_end, process)
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it ended: told below
                process.stdin.write(task)
                await process.stdin.drain()
                process.stdin.close()
            first = await _line(process)
            _check(first)
            held.pop_all()
        return cls(process, first)

    async def lines(self) -> AsyncIterator[bytes]:
        """Give its lines as they come; one that breaks off ends with an error's."""
        line, whole = self._first, False
        while line:
            whole = line.startswith((b'{"summary"', b'{"error"'))
            yield line
            line = await _line(self._process)
        if not whole:
            yield json.dumps({"error": Unavailable.code, "params": {"reason": _FAILED}}).encode() + b"\n"

    async def end(self) -> None:
        """End it, whether or not it is done."""
        await _end(self._process)


def _check(first: bytes) -> None:
    """Raise what the first line tells, if that is an error."""
    told: dict[str, Any] = json.loads(first) if first else {"error": "", "params": {"reason": _FAILED}}
    if "error" in told:
        raise (Refused if told["error"] == Refused.code else Unavailable)(**told["params"])


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readline()


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await asyncio.shield(process.wait())
