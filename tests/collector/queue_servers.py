"""NATS servers with JetStream for tests and lanes, on loopback, in a folder of their own."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONFIG = """
server_name: n{number}
listen: 127.0.0.1:{port}
ports_file_dir: "{folder}"
max_payload: 2MB
jetstream {{ store_dir: "{folder}", max_mem: 16MB, max_file: {room}, sync_interval: always }}
"""
CLUSTER = """
cluster {{ name: tramgac, listen: 127.0.0.1:{route}, routes: [{routes}] }}
"""
PROGRAM = Path(sys.executable).with_name("nats-server")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass
class Servers:
    """Some servers; more than one are a cluster."""

    root: Path
    count: int = 1
    room: str = "1GB"
    ports: list[int] = field(init=False)
    processes: list[subprocess.Popen | None] = field(init=False)

    def __post_init__(self) -> None:
        # One server takes any port and tells it; a cluster's servers must know each other's before they start.
        ports = free_ports(2 * self.count) if self.count > 1 else [-1]
        self.ports, routes = ports[: self.count], ports[self.count :]
        self.processes = [None] * self.count
        for number, port in enumerate(self.ports):
            self.folder(number).mkdir()
            text = CONFIG.format(number=number, port=port, folder=self.folder(number), room=self.room)
            if self.count > 1:
                others = ", ".join(f"nats://127.0.0.1:{route}" for route in routes)
                text += CLUSTER.format(route=routes[number], routes=others)
            self.file(number).write_text(text)

    def folder(self, number: int) -> Path:
        return self.root / f"n{number}"

    def file(self, number: int) -> Path:
        return self.root / f"n{number}.conf"

    @property
    def urls(self) -> Sequence[str]:
        return [f"nats://127.0.0.1:{port}" for port in self.ports]

    def start(self, number: int) -> None:
        command = [str(PROGRAM), "-c", str(self.file(number)), "-l", str(self.root / f"n{number}.log")]
        self.processes[number] = subprocess.Popen(command)

    def kill(self, number: int) -> None:
        process = self.processes[number]
        assert process is not None
        process.kill()
        process.wait()

    def answers(self, number: int) -> bool:
        process = self.processes[number]
        told = self.folder(number) / f"nats-server_{process.pid if process else 0}.ports"
        if not told.exists() or not (text := told.read_text()):
            return False
        self.ports[number] = int(json.loads(text)["nats"][0].rpartition(":")[2])
        return True


@contextlib.contextmanager
def servers(root: Path, count: int = 1, room: str = "1GB") -> Iterator[Servers]:
    """Servers that answer, ended with the block."""
    made = Servers(root, count, room)
    try:
        for number in range(count):
            made.start(number)
        while not all(map(made.answers, range(count))):
            time.sleep(0.01)
        yield made
    finally:
        for process in made.processes:
            if process is not None:
                process.kill()
                process.wait()
        shutil.rmtree(root, ignore_errors=True)
