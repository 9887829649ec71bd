"""Where the agent keeps what: one state folder, its shape written down once."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

LANES = {1: "urgent", 2: "security", 3: "bulk"}
"""Folder names of the spool's lanes, by number (event.proto, Lane)."""


@dataclass(frozen=True, slots=True)
class AgentPaths:
    """The state folder. `identity`, `outbox` and `staged` are written by the uplink, the rest by the sensor process."""

    root: Path

    @property
    def config(self) -> Path:
        """Settings (TOML)."""
        return self.root / "config.toml"

    @property
    def identity(self) -> Path:
        """Folder of key, certificate and authorities; the uplink's."""
        return self.root / "identity"

    @property
    def key(self) -> Path:
        """The private key, PEM, mode 0600."""
        return self.identity / "key.pem"

    @property
    def certificate(self) -> Path:
        """The certificate, PEM."""
        return self.identity / "certificate.pem"

    @property
    def authorities(self) -> Path:
        """The authorities that this host trusts for the collector, PEM."""
        return self.identity / "authorities.pem"

    @property
    def host(self) -> Path:
        """The host's id: 32 hexadecimal digits and a line end."""
        return self.identity / "host"

    @property
    def spool(self) -> Path:
        """The spool: a segment log a lane (urgent, security, bulk), and the books beside them."""
        return self.root / "spool"

    @property
    def content(self) -> Path:
        """Content: trust, what is in force, the pinned root."""
        return self.root / "content"

    @property
    def content_root(self) -> Path:
        """TUF root metadata that the content client begins with, pinned by the ticket."""
        return self.content / "root.json"

    @property
    def content_unpinned(self) -> Path:
        """This file says where the root came from if no ticket pinned it."""
        return self.content / "root.unpinned"

    @property
    def trust(self) -> Path:
        """The content client's memory of verified metadata."""
        return self.content / "trust"

    @property
    def current(self) -> Path:
        """The bundle in force, zstd of JSON."""
        return self.content / "current.json.zst"

    @property
    def dictionary(self) -> Path:
        """The dictionary that came with it, for the uplink; empty for none."""
        return self.content / "dictionary"

    @property
    def staged(self) -> Path:
        """What the uplink fetched and nobody has verified yet."""
        return self.content / "staged"

    @property
    def run(self) -> Path:
        """Sockets and notes of what runs now."""
        return self.root / "run"

    @property
    def sensor_socket(self) -> Path:
        """Where the sensor process listens for the uplink."""
        return self.run / "sensor.sock"

    @property
    def sensor_status(self) -> Path:
        """What the sensor process says about itself, JSON; see status.py for who still says it."""
        return self.run / "sensor.json"

    @property
    def parts_status(self) -> Path:
        """What `run` knows about the two parts, JSON."""
        return self.run / "parts.json"

    @property
    def outbox(self) -> Path:
        """Folder for what the unprivileged uplink writes."""
        return self.run / "uplink"

    @property
    def uplink_status(self) -> Path:
        """What the uplink says about the link, JSON."""
        return self.outbox / "status.json"


INSTALLED = (
    Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "TramGac" / "agent"
    if sys.platform == "win32"
    else Path("/var/lib/tramgac-agent")
)
"""The system's place for the state of services."""


def default_state() -> Path:
    """TRAMGAC_AGENT_STATE, else the system's place for the state of services."""
    return Path(os.environ.get("TRAMGAC_AGENT_STATE") or INSTALLED)


def advised(command: str, state: Path) -> str:
    """A command of ours as people type it, as `run`: it names the state folder unless that is found without."""
    option = "" if state == default_state().absolute() else f" --state {shlex.quote(str(state))}"
    return f"tramgac-agent {command}{option}"
