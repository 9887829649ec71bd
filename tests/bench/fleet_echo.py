"""A bare stream server to compare a gateway with: the same options and certificates, and every message goes back.

`python -m tests.bench.fleet_echo STATE`. Says its port in a line. Not a benchmark itself.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc
from tramgac_collector.gateway import ports
from tramgac_collector.paths import StatePaths


async def echo(_: object, context: Any) -> None:
    """Give each message back."""
    while (message := await context.read()) is not grpc.aio.EOF:
        await context.write(message)


async def main(state: Path) -> None:
    """Serve until killed."""
    paths = StatePaths(state)
    server = grpc.aio.server(options=ports.SESSION_OPTIONS)
    handlers = {"Session": grpc.stream_stream_rpc_method_handler(echo)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("tramgac.Collector", handlers),))
    port = server.add_secure_port("127.0.0.1:0", ports._credentials(paths, demand=True))
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
