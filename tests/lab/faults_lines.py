"""Abuses of a line that was good once: certificates that end on it, silence on it, a sample made to hurt.

Not a lane itself.
"""

import asyncio
import contextlib
import hashlib
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
from cryptography import x509
from tramgac_proto.event_pb2 import LANE_SECURITY, Event
from tramgac_proto.session_pb2 import SampleChunk
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire.limits import CHUNK, SAMPLE

from tests.lab.faults_rogue import ENDED, SESSION, Abuse, Attacker, batches, event

AGAIN_S = 5.0
GONE = "goodbye REASON_REVOKED"
SERVED = "served afterwards"
REVOKED_S, SILENT_S = 1.0, 150.0
"""A stream ends so soon after its certificate; and after its line went dead: pings every 120 s, 20 s for the answer."""
SAMPLE_BYTES = 31_999_000
"""As large as a sample may be."""
SCANNED_S = 20.0
_COSTLY = (
    b"#!/bin/sh\n<?php ",
    b"$x = " + b"chr(101) . " * 7,
    b'${"' + b"\\x41" * 8,
    b"eval(gzinflate(base64_decode(str_rot13(",
    b'eval "$(' + b"base64 " * 40 + b"-d",
    b'k="' + b"QUJD" * 60,
    b"<<EOF\n" + b"QUJD" * 20,
    b"FromBase64String( Reflection.Assembly::Load( VirtualAlloc CreateThread ",
)
"""What our own rules look for, almost and wholly: each of it is found tens of thousands of times."""


async def _works(a: Attacker, call: Any) -> None:
    """Send ordinary events until the stream ends."""
    with contextlib.suppress(*ENDED):
        for message in batches(LANE_SECURITY, event, 20):
            await call.write(message)
            a.rounds += 1
            await asyncio.sleep(0.1)
    a.note("stream ended")


async def _comes_again(a: Attacker, channel: grpc.aio.Channel) -> None:
    """Ask for another stream on a connection; it may not be served."""
    call = channel.stream_stream(SESSION)()
    try:
        async with asyncio.timeout(AGAIN_S):
            a.note(f"afterwards {(await call.code()).name}")
    except TimeoutError:
        a.note(SERVED)
        call.cancel()


async def outlived(a: Attacker) -> None:
    """A stream that outlives its certificate, then others: on the connection that is still open, and on a new one."""
    ends = x509.load_pem_x509_certificate(a.identity["certificate"].encode()).not_valid_after_utc.timestamp()
    a.moments["certificate ended"] = ends
    async with a.channel() as channel:
        async with a.stream(channel) as call:
            await _works(a, call)
        await _comes_again(a, channel)
        async with a.channel() as another:
            await _comes_again(a, another)


async def blackholed(a: Attacker) -> None:
    """Nothing of it moves any more, in the midst of a dialogue, until the lane lets this process go on."""
    async with a.channel() as channel, a.stream(channel) as call:
        for message in itertools.islice(batches(LANE_SECURITY, event, 100), 20):
            await call.write(message)
        await a.welcomed.wait()
        a.note("silent")
        os.kill(os.getpid(), signal.SIGSTOP)
        a.note("awake")
        await a.ended(call)


def bomb(number: int) -> bytes:
    """A file on which our YARA rules have the most to do; each number another."""
    line = b"\n".join(_COSTLY)
    return f"#!/bin/sh\n# {number} {time.time_ns()}\n".encode() + line * (SAMPLE_BYTES // len(line))


async def _chunks(data: bytes) -> AsyncIterator[SampleChunk]:
    yield SampleChunk(sha256=hashlib.sha256(data).digest(), size=len(data), data=data[:CHUNK])
    for at in range(CHUNK, len(data), CHUNK):
        yield SampleChunk(data=data[at : at + CHUNK])


async def hostile_sample(a: Attacker) -> None:
    """A file made to cost YARA as much as can be: the collector asks for it, gets it, and scans it meanwhile."""
    made = b""

    def ran(number: int) -> bytes:
        nonlocal made
        made = bomb(number)
        said = Event(time=time.time_ns())
        said.process_start.process.pid = number
        said.process_start.process.executable = f"/tmp/bomb{number}"
        said.process_start.process.sha256 = hashlib.sha256(made).digest()
        return said.SerializeToString()

    async with a.channel() as channel, a.stream(channel, can=[SAMPLE]) as call:
        await call.write(next(batches(LANE_SECURITY, ran, 1)))
        await a.asked.get()
        receipt = await CollectorStub(channel).SendSample(_chunks(made))
        a.note("sample stored" if receipt.stored else f"sample refused: {receipt.reason}")
        await asyncio.sleep(SCANNED_S)


_AFTERWARDS = {GONE: 1, "stream ended": 1, "afterwards UNAUTHENTICATED": 1}
ABUSES: dict[str, Abuse] = {
    "certificate_ends": Abuse(
        outlived,
        quarantine=False,
        refusal="the certificate's end, by the collector's own timer",
        least=_AFTERWARDS,
        never=(SERVED, "afterwards OK"),
        counted=("gateway.refused_certificate_expired",),
        once=True,
        certificate_s=15.0,
    ),
    "certificate_revoked": Abuse(
        outlived,
        quarantine=False,
        refusal="the registry of hosts",
        least=_AFTERWARDS,
        never=(SERVED, "afterwards OK"),
        counted=("gateway.refused_not_registered",),
        once=True,
    ),
    "blackholed": Abuse(
        blackholed,
        quarantine=False,
        refusal="a ping without an answer",
        least={"silent": 1},
        once=True,
        seconds=SILENT_S + 60,
    ),
    "hostile_sample": Abuse(
        hostile_sample,
        quarantine=False,
        refusal="the limits of the scanning child",
        least={"sample stored": 1},
        counted=("judge.scans",),
        once=True,
        seconds=90.0,
    ),
}
"""What has a session first. No rule of the dialogue is broken, so nobody comes into quarantine."""
