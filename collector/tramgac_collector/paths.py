"""Where everything of one collector lies: the state directory and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StatePaths:
    """The state directory of a collector; nothing of a collector lives outside of it."""

    root: Path

    @property
    def config(self) -> Path:
        """Settings, TOML."""
        return self.root / "collector.toml"

    @property
    def notify(self) -> Path:
        """Who is told of alerts, TOML (notify/settings.py)."""
        return self.root / "notify.toml"

    @property
    def export_settings(self) -> Path:
        """What is exported where, TOML (export/settings.py)."""
        return self.root / "export.toml"

    @property
    def export_aside(self) -> Path:
        """Folder of records that a destination of exports did not take."""
        return self.root / "export"

    @property
    def exports(self) -> Path:
        """How exports go, JSON (export/notes.py)."""
        return self.run / "exports.json"

    @property
    def authority(self) -> Path:
        """Folder of the private CA; `ca.key` is read by the signer alone."""
        return self.root / "ca"

    @property
    def ca_key(self) -> Path:
        """The CA's private key, PEM, mode 0600."""
        return self.authority / "ca.key"

    @property
    def ca_certificate(self) -> Path:
        """The CA's certificate, PEM."""
        return self.authority / "ca.pem"

    @property
    def server_key(self) -> Path:
        """Private key of the collector's own leaf, PEM, mode 0600."""
        return self.authority / "collector.key"

    @property
    def server_certificate(self) -> Path:
        """The collector's own leaf, PEM."""
        return self.authority / "collector.pem"

    @property
    def incarnation(self) -> Path:
        """Which restored copy of a collector this is, JSON; none until one was restored."""
        return self.root / "incarnation.json"

    @property
    def last_backup(self) -> Path:
        """When the newest backup was taken, and where it was put, JSON."""
        return self.root / "backup.json"

    @property
    def control_database(self) -> Path:
        """The control database where it is SQLite."""
        return self.root / "control.db"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of that database."""
        return f"sqlite:///{self.control_database}"

    @property
    def events(self) -> Path:
        """Folder of the embedded event store: one engine process owns it."""
        return self.root / "events"

    @property
    def cold(self) -> Path:
        """Folder of cold days of events, Parquet."""
        return self.root / "cold"

    @property
    def log(self) -> Path:
        """Folder of the ingest log."""
        return self.root / "log"

    @property
    def log_segments(self) -> Path:
        """Folder of the ingest log's segment files: the gateway writes, consumers read."""
        return self.log / "segments"

    @property
    def log_head(self) -> Path:
        """8 bytes, little-endian: positions below are synced and may be read."""
        return self.log / "head"

    @property
    def log_id(self) -> Path:
        """The log's random name, 16 hexadecimal digits: offsets in the event store belong to it."""
        return self.log / "id"

    def cursor(self, consumer: str) -> Path:
        """8 bytes, little-endian: the consumer is past all positions below."""
        return self.log / f"cursor-{consumer}"

    @property
    def poison(self) -> Path:
        """Folder of entries that a consumer could not read."""
        return self.log / "poison"

    @property
    def holes(self) -> Path:
        """Folder of what consumers say about records of the ingest log that they could not read."""
        return self.log / "holes"

    @property
    def samples(self) -> Path:
        """Folder of stored samples, encrypted."""
        return self.root / "samples"

    @property
    def content(self) -> Path:
        """Folder of the signed content repository."""
        return self.root / "content"

    @property
    def logs(self) -> Path:
        """Folder of the roles' own logs, JSON lines."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Folder of sockets, bells and ready files; nothing in it outlives a run."""
        return self.root / "run"

    @property
    def api_socket(self) -> Path:
        """Unix socket of the API."""
        return self.run / "api.sock"

    @property
    def credential(self) -> Path:
        """Bearer credential for the API's socket, mode 0600."""
        return self.run / "credential"

    @property
    def signer_socket(self) -> Path:
        """Unix socket of the signer."""
        return self.run / "signer.sock"

    @property
    def engine(self) -> Path:
        """Port and key of the event store's engine, JSON, mode 0600."""
        return self.run / "engine.json"

    @property
    def gateway(self) -> Path:
        """Ports that the gateway listens on, JSON: {"session": N, "enrol": N}."""
        return self.run / "gateway.json"

    @property
    def forecast(self) -> Path:
        """How the event store stands and when the disk will be full, JSON (events/forecast.py)."""
        return self.run / "store.json"

    def costs(self, role: str) -> Path:
        """What rules cost a judge that runs, JSON (rule_costs.py)."""
        return self.run / f"{role.replace('judge', 'costs', 1)}.json"

    def tally(self, role: str) -> Path:
        """What a role that runs has counted, JSON (tallies.py)."""
        return self.run / f"{role}.tally"

    def ready(self, role: str) -> Path:
        """The file whose presence says that a role is ready; it holds the role's pid."""
        return self.run / f"{role}.ready"

    def role_log(self, role: str) -> Path:
        """The role's own log."""
        return self.logs / f"{role}.log"

    def folders(self) -> tuple[Path, ...]:
        """Name the folders that are made, those above before those in them."""
        return (
            self.root,
            self.authority,
            self.events,
            self.cold,
            self.log,
            self.log_segments,
            self.poison,
            self.holes,
            self.samples,
            self.content,
            self.logs,
            self.run,
        )

    def make(self) -> None:
        """Make the folders, each readable by the owner alone."""
        for folder in self.folders():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
