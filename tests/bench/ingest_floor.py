"""What ingest is compared with: a stream that only answers, and a writer that only writes. Not a bench itself.

    python -m tests.bench.ingest_floor FOLDER PORT

The bare server: the same mutual TLS and gRPC options, an empty answer to each message, nothing parsed.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

import grpc
from tramgac_collector.gateway.ports import SESSION_OPTIONS

from tests.bench.ingest_load import METHOD

GROUP = 8
"""Batches that share an fsync."""


class _Bare(grpc.GenericRpcHandler):
    """Answers each message of the session with an empty one."""

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Take the session's method alone."""
        return grpc.stream_stream_rpc_method_handler(self._session) if call.method == METHOD else None

    async def _session(self, _requests: object, context: grpc.aio.ServicerContext) -> None:
        while (await context.read()) is not grpc.aio.EOF:
            await context.write(b"")


async def serve(authority: Path, port: int) -> None:
    """Serve until killed. `authority`: the folder of the collector's certificates."""
    server = grpc.aio.server(options=SESSION_OPTIONS)
    server.add_generic_rpc_handlers((_Bare(),))
    pair = ((authority / "collector.key").read_bytes(), (authority / "collector.pem").read_bytes())
    credentials = grpc.ssl_server_credentials([pair], (authority / "ca.pem").read_bytes(), require_client_auth=True)
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
    await server.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.wait_for_termination()


def written(path: Path, messages: list[bytes], times: int) -> float:
    """Processor seconds of appending messages so many times over to a file, an fsync for each GROUP."""
    with path.open("wb", buffering=0) as file:
        before = time.process_time()
        for number, message in enumerate(messages * times):
            file.write(message)
            if number % GROUP == GROUP - 1:
                os.fsync(file.fileno())
        spent = time.process_time() - before
    path.unlink()
    return spent


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
