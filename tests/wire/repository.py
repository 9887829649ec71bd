"""A small TUF repository in memory, with one key for all roles, that a test can sign, spoil and roll back."""

from __future__ import annotations

import copy
import datetime as dt

from backports.zstd import compress
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

ROLES = ("root", "timestamp", "snapshot", "targets")
TARGET, INDICATORS = "rules.json.zst", "indicators.zst"


class Repository:
    """`files` is what a courier carries: name to bytes."""

    def __init__(self) -> None:
        self.signer = CryptoSigner.generate_ed25519()
        self.files: dict[str, bytes] = {}
        self.expires = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
        self.root_version = 0
        self.version = 0
        self.asked: list[str] = []
        self.rotate(self.signer)

    @property
    def root(self) -> bytes:
        return self.files["metadata/1.root.json"]

    def fetch(self, name: str) -> bytes:
        self.asked.append(name)
        return self.files[name]

    def copy(self) -> Repository:
        other = copy.copy(self)
        other.files = dict(self.files)
        return other

    def rotate(self, signer: CryptoSigner) -> None:
        """A new root, signed by the key before and the new one."""
        self.root_version += 1
        root = Root(version=self.root_version, expires=self.expires, consistent_snapshot=True)
        for role in ROLES:
            root.add_key(signer.public_key, role)
        metadata = Metadata(root)
        metadata.sign(self.signer)
        metadata.sign(signer, append=True)
        self.signer = signer
        self.files[f"metadata/{self.root_version}.root.json"] = metadata.to_bytes()

    def publish(
        self,
        bundle: bytes,
        *,
        packed: bytes | None = None,
        name: str = TARGET,
        indicators: bytes | None = None,
        further: dict[str, bytes] | None = None,
    ) -> int:
        """Sign the next version; `indicators` and `further` targets as they are."""
        self.version += 1
        packed = compress(bundle) if packed is None else packed
        named = {name: packed} | ({} if indicators is None else {INDICATORS: indicators}) | (further or {})
        targets = Targets(version=self.version, expires=self.expires)
        for target, data in named.items():
            targets.targets[target] = TargetFile.from_data(target, data)
            self.files[f"targets/{targets.targets[target].hashes['sha256']}.{target}"] = data
        snapshot = Snapshot(version=self.version, expires=self.expires)
        snapshot.meta["targets.json"] = MetaFile(version=self.version)
        timestamp = Timestamp(version=self.version, expires=self.expires, snapshot_meta=MetaFile(version=self.version))
        for signed, file in (
            (targets, f"{self.version}.targets"),
            (snapshot, f"{self.version}.snapshot"),
            (timestamp, "timestamp"),
        ):
            metadata = Metadata(signed)
            metadata.sign(self.signer)
            self.files[f"metadata/{file}.json"] = metadata.to_bytes()
        return self.version
