"""`tramgac collector init`: a state directory with its CA, its settings and its control database."""

from __future__ import annotations

import json
import os

from cryptography.hazmat.primitives.asymmetric import ec

from tramgac_collector import ca, durable
from tramgac_collector.config import CollectorConfig, address
from tramgac_collector.errors import NotInitialised, StateError
from tramgac_collector.paths import StatePaths


def initialise(paths: StatePaths, config: CollectorConfig) -> None:
    """Make everything that a collector needs before it can run; `config` is written to `collector.toml`.

    The event store's schema is made by the role `store`. What is there already stays: running it again finishes what
    an interrupted run began.

    Raises:
        StateError: the folder cannot be made, or holds another collector's settings.

    """
    from tramgac_collector import database

    try:
        paths.make()
        if not paths.log_id.exists():
            durable.write(paths.log_id, f"{os.urandom(8).hex()}\n".encode())
        _make_authority(paths, config)
        database.migrate(config.url(paths))
        if not paths.config.exists():
            durable.write(paths.config, _toml(config).encode())
    except OSError as error:
        message = f"the state directory {paths.root} cannot be made: {error}"
        raise StateError(message) from None


def require(paths: StatePaths) -> None:
    """Raise `NotInitialised` unless `initialise` has finished there."""
    for file in (paths.config, paths.ca_certificate, paths.server_certificate, paths.log_id):
        if not file.exists():
            message = f"{paths.root} holds no collector ({file.name} is missing): run `tramgac collector init` first"
            raise NotInitialised(message)


def _make_authority(paths: StatePaths, config: CollectorConfig) -> None:
    if not paths.ca_certificate.exists():
        paths.ca_key.unlink(missing_ok=True)
        ca.Authority.create().save(paths.ca_key, paths.ca_certificate)
    if not paths.server_certificate.exists():
        paths.server_key.unlink(missing_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        authority = ca.Authority.load(paths.ca_key, paths.ca_certificate)
        listen = (address(config.session_listen)[0], address(config.enrol_listen)[0])
        names = [config.advertise, *(name for name in listen if name not in {"0.0.0.0", "::"}), "localhost"]  # noqa: S104 - compared, not bound
        ca.write_key(paths.server_key, key)
        ca.write_certificate(paths.server_certificate, authority.collector_leaf(key.public_key(), names))


def _toml(config: CollectorConfig) -> str:
    lines = ["# Settings of this collector. Delete a line to have its default.\n"]
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        text = json.dumps(value, ensure_ascii=False)  # TOML's way too, for texts, numbers and booleans
        lines.append(f"# {field.description}\n{'' if value != field.default else '# '}{name} = {text}\n")
    return "\n".join(lines)
