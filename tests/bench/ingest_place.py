"""A collector for ingest.py: its roles as the programs that they are, hosts with certificates. Not a bench itself."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import content, database, hosts, initialise, ready, tokens
from tramgac_collector.ca import Authority, host_of, new_serial
from tramgac_collector.cli import authoring
from tramgac_collector.config import CollectorConfig
from tramgac_collector.demo.stage import free_port
from tramgac_collector.ingest import head, worked_on
from tramgac_collector.paths import StatePaths

UP_S = 90.0


class Place:
    """A collector's state, its roles as processes of ours, and what they have used."""

    def __init__(self, root: Path) -> None:
        """Make the state."""
        self.paths = StatePaths(root / "collector")
        self.load = root / "load"
        self.load.mkdir()
        self.port = free_port()
        settings = {"session_listen": f"127.0.0.1:{self.port}", "enrol_listen": "127.0.0.1:0", "minimum_free_bytes": 1}
        settings["console_listen"] = f"127.0.0.1:{free_port()}"
        limits = {"agent_events_per_second": 1e9, "agent_bytes_per_second": 1e12}  # few hosts send what many would
        initialise.initialise(self.paths, CollectorConfig(**settings, **limits))
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def enrol(self, count: int) -> None:
        """Let hosts in, without the enrolment port; their keys and certificates lie beside the load."""
        authority = Authority.load(self.paths.ca_key, self.paths.ca_certificate)
        now = time.time_ns()
        with database.session(database.open_database(self.paths.database_url)) as s:
            secret, _ = tokens.create(s, site="bench", by="bench", uses=count, ttl_s=600, now=now)
            for number in range(count):
                key, serial = ec.generate_private_key(ec.SECP256R1()), new_serial()
                request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
                der = request.public_bytes(serialization.Encoding.DER)
                host, leaf = authority.agent_leaf(der, serial, days=1, now=dt.datetime.now(dt.UTC))
                assert host == host_of(key.public_key())
                token = tokens.redeem(s, secret, now, host=host)
                hosts.enrol(s, host, f"ws-{number}", "windows", "0", serial, token, now)
                private = key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                (self.load / f"{number}.key").write_bytes(private)
                (self.load / f"{number}.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        (self.load / "ca.pem").write_bytes(self.paths.ca_certificate.read_bytes())

    def push(self, rules: list[Path]) -> int:
        """Sign rules and put them on offer; how many there are."""
        repository = self.load / "repository"
        signed = authoring.sign(rules, repository, self.load / "keys", marked="bench", skip_faulty=True)
        with database.session(database.open_database(self.paths.database_url)) as s:
            content.publish(s, self.paths, authoring.packed(repository), "bench", time.time_ns())
        return int(signed.checked.rules)

    @property
    def runs(self) -> bool:
        """Whether any role was started."""
        return bool(self._running)

    def start(self, *roles: str) -> None:
        """Start roles and wait until they are ready."""
        for role in roles:
            command = [sys.executable, "-m", "tramgac_collector.main", role, "--state", str(self.paths.root)]
            with (self.load / f"{role}.out").open("ab") as out:
                self._running[role] = subprocess.Popen(
                    [*command, "--parent", str(os.getpid())], stdin=subprocess.DEVNULL, stdout=out, stderr=out
                )
        deadline = time.monotonic() + UP_S
        while not all(ready.runs(self.paths, role) for role in roles):
            ended = [role for role in roles if self._running[role].poll() is not None]
            if ended or time.monotonic() > deadline:
                raise SystemExit(f"bench ingest: {ended or roles} did not start; see {self.paths.logs}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all roles."""
        for role in ("api", "gateway", "judge", "store", "engine"):
            if (process := self._running.pop(role, None)) is not None:
                process.terminate()
                process.wait(60)

    def used(self) -> dict[str, float]:
        """Processor seconds of each role until now, its children's among them."""
        return {role: seconds(process.pid) for role, process in self._running.items()}

    def settled(self, patience_s: float) -> bool:
        """Wait until both consumers have worked on all that the log has; False if they are not in time."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if all(worked_on(self.paths, name, head(self.paths)) for name in ("store", "judge")):
                return True
            time.sleep(0.05)
        return False


def seconds(pid: int) -> float:
    """Processor seconds of a process and its children, user and system."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in family))
