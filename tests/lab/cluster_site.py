"""The big shape on one machine: three servers of the queue, PostgreSQL, a centre with a gateway and two judges, and a
second gateway on a machine of its own.

Not a lane itself: cluster.py starts it.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nats
import psutil
from tramgac_agent.config import write_collector
from tramgac_collector import ca, judges
from tramgac_collector.demo.children import ChildFailed, Children, program
from tramgac_collector.demo.stage import content_folder, free_port
from tramgac_collector.jetstream.place import BATCHES
from tramgac_collector.paths import StatePaths

from tests.collector.control_store import BINARIES, administer, reachable, wait_for
from tests.collector.queue_servers import Servers
from tests.lab.balancer import Balancer
from tests.lab.site import Agent, Site

READY_S = 90
JUDGES = 2
TOGETHER = 25
"""So many events over all hosts make one alert of the correlation below."""
OVER_HOSTS = f"""title: Logs cleared again and again, on whatever host
name: logs_cleared_over_hosts
id: 5f0c4a77-6b1e-4d0a-9a53-6d4e5a1f0c11
status: test
level: high
correlation:
  type: event_count
  rules: [6d96de08-31e2-5d62-975e-4bc9ae3d11f9]
  group-by: [User]
  timespan: 1d
  generate: true
  condition: {{gte: {TOGETHER}}}
"""


class Postgres:
    """A server of our own, durable; it refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        """Make its files."""
        self._folder, self._binaries = folder, BINARIES[-1].parent
        folder.mkdir()
        folder.parent.chmod(0o711)  # PostgreSQL runs as another user
        root = os.geteuid() == 0
        self._user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if root else {}
        if root:
            self._binaries = reachable(self._binaries, folder)
            shutil.chown(folder, "nobody", "nogroup")
        make = [self._binaries / "initdb", "-D", folder / "data", "-U", "tramgac", "-A", "trust", "-E", "UTF8"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, **self._user)
        self.url = f"postgresql+psycopg://tramgac@/NAME?host={folder}"
        self.start()
        administer(self.url, "CREATE DATABASE tramgac")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self._folder}"]
        command = [self._binaries / "postgres", "-D", self._folder / "data", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=self._folder, **quiet, **self._user)
        wait_for(self.url)

    def kill(self) -> None:
        """Kill it with all its children, as a power cut of its machine would end them."""
        self.process.send_signal(signal.SIGSTOP)  # it makes no more of them
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        self.process.wait(30)
        psutil.wait_procs(children, timeout=30)  # a new one refuses the folder while they use the memory they share

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


class Gateway:
    """A machine that is a gateway alone: a state of its own; keys, content and samples are the centre's."""

    def __init__(self, folder: Path, centre: StatePaths, children: Children) -> None:
        """Make its state."""
        self.paths, self._children = StatePaths(folder), children
        self.ports = {name: free_port() for name in ("session_listen", "enrol_listen", "console_listen")}
        listens = {f"TRAMGAC_COLLECTOR_{name.upper()}": f"127.0.0.1:{port}" for name, port in self.ports.items()}
        self._environment = {**listens, "TRAMGAC_COLLECTOR_ROLES": json.dumps(["signer", "gateway"])}
        shutil.copytree(centre.authority, self.paths.authority)
        init = [program("tramgac"), "collector", "init", "--state", str(folder)]
        subprocess.run(init, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **self._environment})
        for mine, theirs in ((self.paths.content, centre.content), (self.paths.samples, centre.samples)):
            shutil.rmtree(mine)
            mine.symlink_to(theirs)
        self.start()

    def start(self) -> None:
        """Start its roles and wait until they are ready."""
        self.paths.ready("collector").unlink(missing_ok=True)
        run = (program("tramgac"), "collector", "run", "--state", str(self.paths.root))
        self._children.start("gateway2", *run, **self._environment)
        self._children.wait_for("gateway2", self.paths.ready("collector"), READY_S)


def kill_gateways(*states: StatePaths, between: Callable[[], object] = lambda: None) -> None:
    """Kill the gateways of these states at once; their supervisors have started them again after `between`."""
    pids = {paths.ready("gateway"): int(paths.ready("gateway").read_text()) for paths in states}
    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    between()
    deadline = time.monotonic() + READY_S
    for file, pid in pids.items():
        while not file.exists() or int(file.read_text() or 0) in (0, pid):
            if time.monotonic() > deadline:
                raise ChildFailed(f"a gateway did not come back: {file}")
            time.sleep(0.05)


class Cluster:
    """All of it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start all, enrol nobody; `stack` ends each part."""
        self.postgres = Postgres(folder / "postgres")
        stack.callback(self.postgres.stop)
        (folder / "queue").mkdir()
        self.queue = Servers(folder / "queue", 3)
        stack.callback(self._stop_queue)
        for number in range(3):
            self.queue.start(number)
        while not all(map(self.queue.answers, range(3))):
            time.sleep(0.05)
        url = self.postgres.url.replace("NAME", "tramgac")
        settings = {"DATABASE_URL": url, "QUEUE": json.dumps(self.queue.urls), "QUEUE_BYTES": str(512 << 20)}
        settings["JUDGES"] = str(JUDGES)
        for name, value in settings.items():
            os.environ[f"TRAMGAC_COLLECTOR_{name}"] = value
            stack.callback(os.environ.pop, f"TRAMGAC_COLLECTOR_{name}")
        self.site = Site(folder)
        stack.callback(self.site.stop)
        self.site.start()
        (folder / "rules").mkdir()
        (folder / "rules" / "over_hosts.yml").write_text(OVER_HOSTS)
        self.site.stage.push_rules([content_folder(), folder / "rules"])
        self.gateway = Gateway(folder / "gateway2", self.site.stage.paths, self.site.stage.children)
        first = int(self.site.session_address.rpartition(":")[2])
        self._backends = [first, self.gateway.ports["session_listen"]]
        self.balancer = Balancer(self._backends)
        stack.callback(self._stop_balancer)

    def enrol(self, rate: int) -> list[Agent]:
        """Agents whose sessions go through the balancer: a host for each judge."""
        found: dict[int, Agent] = {}
        while len(found) < JUDGES:
            agent = self.site.enrol(rate)
            host = ca.identify((agent.state / "identity/certificate.pem").read_bytes()).host
            if judges.number_of(host, JUDGES) in found:
                self.site.agents.remove(agent)  # one of the same judge: it never speaks, and the next has its folder
                shutil.rmtree(agent.state)
                continue
            found[judges.number_of(host, JUDGES)] = agent
            agent.boot = "first boot"  # so it tells the collector its books, which are compared
            write_collector(agent.state, f"127.0.0.1:{self.balancer.port}")
        return self.site.agents

    def kill_second_gateway(self) -> None:
        """Kill the gateway that has a machine of its own."""
        kill_gateways(self.gateway.paths)

    def lose_majority(self, seconds: float) -> None:
        """Two of the queue's servers are away for so long; at the end of that both gateways die with what they hold."""
        for number in range(2):
            self.queue.kill(number)
        time.sleep(seconds)
        states = self.site.stage.paths, self.gateway.paths
        kill_gateways(*states, between=lambda: [self.queue.start(number) for number in range(2)])

    def kill_balancer(self) -> None:
        """Cut all connections through the balancer, and have another at its place."""
        self.balancer.stop()
        self.balancer = Balancer(self._backends, self.balancer.port)

    def _stop_balancer(self) -> None:
        self.balancer.stop()

    def leader(self) -> int:
        """The number of the server that leads the stream of batches."""

        async def ask() -> int:
            client = await nats.connect(list(self.queue.urls))
            try:
                told = await client.jetstream().stream_info(BATCHES)
            finally:
                await client.close()
            assert told.cluster is not None
            return int((told.cluster.leader or "").removeprefix("n"))

        return asyncio.run(ask())

    def _stop_queue(self) -> None:
        for process in self.queue.processes:
            if process is not None:
                process.kill()
                process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that runs inside the block."""
    with ExitStack() as stack:
        yield Cluster(folder, stack)
