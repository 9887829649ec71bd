"""What `./dev lab counts` has a sensor see: short processes, files, connections; each worker says what it did.

    python busywork.py all CGROUP FOLDER PROCESSES FILES CONNECTIONS

It enters the control group and a network namespace of its own, then starts its workers, all at once, by command lines
of their own. A line of JSON for each deed goes to stdout. Not a lane itself.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tramgac_collector.demo.attack import enter

CLIENTS = 5
TRUE = "/bin/true"


def say(**fact: object) -> None:
    """One deed; a line is short enough to be written whole beside those of the other workers (pipe(7))."""
    os.write(1, json.dumps({**fact, "by": os.getpid()}).encode() + b"\n")


def processes(mark: str, count: str) -> None:
    """Start short programs, one after another, each with an argument of its own."""
    for number in range(int(count)):
        words = [TRUE, f"{mark}-{number}", "một hai"]
        pid = os.posix_spawn(TRUE, words, {})
        os.waitpid(pid, 0)
        say(did="process", pid=pid, command_line=" ".join(words))


def files(folder: str, count: str) -> None:
    """Create, rename, delete."""
    for number in range(int(count)):
        first, second = (Path(folder) / f"{name}-{number}" for name in ("draft", "fair"))
        first.write_text("written\n")
        first.rename(second)
        second.unlink()
        say(did="file", first=str(first), second=str(second))


def listener() -> None:
    """Accept and close, until somebody connects and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        say(did="listen", port=server.getsockname()[1])
        while (peer := server.accept()[0]).recv(1):
            peer.close()
        peer.close()


def client(port: str, count: str) -> None:
    """Connect, say a byte, close."""
    for _ in range(int(count)):
        with socket.create_connection(("127.0.0.1", int(port))) as mine:
            source = mine.getsockname()[1]
            mine.sendall(b".")
            mine.recv(1)
        say(did="connection", source=source, executable=str(Path("/proc/self/exe").readlink()))


def worker(*words: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Start one of the above as a program of its own."""
    return subprocess.Popen([sys.executable, __file__, *words], stdout=stdout)


def everything(cgroup: str, folder: str, counts: list[str]) -> None:
    """All at once."""
    enter(cgroup)
    many, some, few = counts
    with worker("listener", stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        told = server.stdout.readline()
        os.write(1, told)
        port = str(json.loads(told)["port"])
        each = str(int(few) // CLIENTS)
        started = [worker("processes", "mark", many), worker("files", folder, some)]
        started += [worker("client", port, each) for _ in range(CLIENTS)]
        for process in started:
            process.wait()
        socket.create_connection(("127.0.0.1", int(port))).close()  # without a byte: the listener goes
    sys.exit(any(process.returncode for process in started))


WORKERS: dict[str, Callable[..., None]] = {
    "processes": processes,
    "files": files,
    "listener": listener,
    "client": client,
}

if __name__ == "__main__":
    part, *arguments = sys.argv[1:]
    if part == "all":
        everything(arguments[0], arguments[1], arguments[2:])
    else:
        WORKERS[part](*arguments)
