"""A bad line between two network namespaces: two TUN devices and what carries packets from one to the other.

Latency, jitter, loss, a rate with a short queue, and cuts, for each direction by itself. Nothing of it touches the
machine's own network. Needs root. Not a lane itself.
"""

import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE, THERE = "10.231.0.1", "10.231.0.2"
MTU = 1_400
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
_QUEUE_BYTES = 64_000


@dataclass
class Way:
    """One direction, as it is now; `rate` is bits a second, `queued` what waits for the line, bytes."""

    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    rate: float = 1e9
    cut: bool = False
    lost: int = 0
    _free: float = 0.0

    def due(self, size: int, chance: random.Random) -> float | None:
        """When a packet arrives at the other end; None if it does not."""
        now = time.monotonic()
        begin = max(now, self._free)
        queued = (begin - now) * self.rate / 8
        if self.cut or chance.random() < self.loss or (queued > _QUEUE_BYTES and self.rate < 1e9):
            self.lost += 1
            return None
        self._free = begin + size * 8 / self.rate
        return self._free + self.delay + chance.random() * self.jitter


@dataclass
class Road:
    """Carries packets between two devices until stopped."""

    here: int
    there: int
    up: Way = field(default_factory=Way)
    """From the agents to the collector."""
    down: Way = field(default_factory=Way)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    _stopping: bool = False

    def set(self, **changes: float) -> None:
        """Change both directions: what is not named is as on a good line."""
        for way in (self.up, self.down):
            way.delay, way.jitter, way.loss, way.rate, way.cut = 0.0, 0.0, 0.0, 1e9, False
            for name, value in changes.items():
                setattr(way, name, value)

    def run(self) -> None:
        """Carry."""
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        while not self._stopping:
            wait = max(0.0, min(0.2, waiting[0][0] - time.monotonic())) if waiting else 0.2
            ready, _, _ = select.select([self.here, self.there], [], [], wait)
            for device in ready:
                packet = os.read(device, 65_536)
                way, target = (self.down, self.there) if device == self.here else (self.up, self.here)
                if (due := way.due(len(packet), self.chance)) is not None:
                    number += 1
                    heapq.heappush(waiting, (due, number, target, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, target, packet = heapq.heappop(waiting)
                with contextlib.suppress(OSError):  # the other end is not up yet, or no longer
                    os.write(target, packet)

    def stop(self) -> None:
        """Carry no more."""
        self._stopping = True


@contextlib.contextmanager
def road() -> Iterator[tuple[Road, list[str]]]:
    """The line, and how a command begins that runs at its far end. Call it inside a namespace of your own."""
    far = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        enter = ["nsenter", f"--net=/proc/{far.pid}/ns/net"]
        there = Path(f"/proc/{far.pid}/ns/net")
        while there.readlink() == Path("/proc/self/ns/net").readlink():
            time.sleep(0.01)
        here, beyond = _device("wan0", None), _device("wan1", far.pid)
        _configure([], "wan0", HERE, THERE)
        _configure(enter, "wan1", THERE, HERE)
        line = Road(here, beyond)
        carrier = threading.Thread(target=line.run, name="road")
        carrier.start()
        try:
            yield line, enter
        finally:
            line.stop()
            carrier.join()
            os.close(here)
            os.close(beyond)
    finally:
        far.kill()
        far.wait()


def _configure(enter: list[str], name: str, mine: str, other: str) -> None:
    commands = (
        ("ip", "link", "set", "lo", "up"),
        ("ip", "addr", "add", f"{mine}/32", "peer", other, "dev", name),
        ("ip", "link", "set", name, "mtu", str(MTU), "up"),
    )
    for command in commands:
        subprocess.run([*enter, *command], check=True)


def _device(name: str, pid: int | None) -> int:
    """A TUN device in our namespace, or in that of a process: a thread of its own goes there."""
    made: list[int] = []

    def make() -> None:
        if pid is not None:
            _join(pid)
        device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
        made.append(device)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if not made:
        raise OSError(f"no TUN device {name} could be made: are you root, and is /dev/net/tun there?")
    return made[0]


def _join(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    namespace = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    try:
        if libc.setns(namespace, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(namespace)
