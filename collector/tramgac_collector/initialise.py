"""`tramgac collector init`: a state directory with its CA, its settings and its control database."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_wire import whole

from tramgac_collector import ca, config, ownership
from tramgac_collector.config import CollectorConfig, address, loopback, option
from tramgac_collector.errors import NotInitialised, SettingsError, StateError
from tramgac_collector.pairs import Both, join
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

_OURS = frozenset(
    {"author", "agent", "demo", "arena", "control.db", "control.db-shm", "control.db-wal", "lost+found"}
    | {"notify.toml", "export.toml", "secrets"}
)
"""What may lie in a folder before it is a collector's, besides hidden files and the folders that are made."""
SQLITE_HOSTS = 2_000
"""So many hosts one writer serves with ease."""
_ASKED = re.compile(r"\s*Is the server running[^?]*\?")
"""What PostgreSQL's library asks where no server answers; our sentence asks the same in both languages."""
_SHOWN = 3
"""So many names of foreign files are enough to know a folder by."""
_HEAD = """\
# Settings of this collector, read when it starts. A setting that begins with # shows the default: take the # away and
# write another value. The environment (TRAMGAC_COLLECTOR_ and the name in capitals) goes before this file, and
# `tramgac collector doctor` tells what is wrong here.
"""


def initialise(paths: StatePaths, wanted: CollectorConfig, asked: Collection[str] = ()) -> bool:
    """Make everything that a collector needs before it can run; tell whether anything was made.

    The event store's schema is made by the role `store`. What is there already stays: running it again finishes what
    an interrupted run began, and makes a new certificate where that was taken away. Settings that stand in a
    `collector.toml` are not changed; `asked` names those of `wanted` that a person asked for now.

    Raises:
        StateError: the folder cannot be made, is another user's, holds other things, or its collector is damaged.
        SettingsError: the settings that stand are others than those asked for, or agents could not come.

    """
    with ownership.said(paths.root):
        _require_folder(paths)
        settings, there = wanted, paths.config.exists()
        if there:
            _require_same(paths, config.load(paths, environment=False), wanted, asked)
            settings = config.load(paths)
        if _complete(paths, settings):
            paths.root.chmod(0o700)
            return False
        _require_database(settings)
        _require_authority(paths)
        if not paths.server_certificate.exists():
            _require_name(settings)
        paths.make()
        paths.root.chmod(0o700)
        _make_authority(paths, settings)
        _make_stores(paths, settings)
        if not there:
            whole.write(paths.config, _toml(settings).encode())
    return True


def require(paths: StatePaths) -> None:
    """Raise `NotInitialised` unless `initialise` has finished there, StateError if it cannot be looked at."""
    first = Trouble.INIT_FIRST.both(root=paths.root)
    with ownership.said(paths.root):
        if not paths.root.exists():
            raise NotInitialised(Trouble.NO_STATE.both(root=paths.root, first=first))
        for file in (paths.config, paths.ca_certificate, paths.ca_key, paths.server_certificate, paths.log_id):
            if not file.exists():
                _require_authority(paths)
                if settings_lost(paths):
                    raise NotInitialised(Trouble.SETTINGS_LOST.both(root=paths.root, config=paths.config))
                raise NotInitialised(Trouble.NO_COLLECTOR.both(root=paths.root, file=file.name, first=first))


def settings_lost(paths: StatePaths) -> bool:
    """Tell whether all of a collector is there but its settings, as in a backup that left them out."""
    there = (paths.ca_certificate, paths.ca_key, paths.server_certificate, paths.log_id)
    return not paths.config.exists() and all(file.exists() for file in there)


def update(url: str) -> None:
    """Bring the control database to this program's tables, so that a new version needs no command of its own.

    Raises:
        StateError: it is away, damaged, or a newer version has been here.

    """
    from tramgac_collector import database

    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # else a line for each of its parts
    with _said_of_the_database(url):
        database.migrate(url)


@contextmanager
def _said_of_the_database(url: str) -> Iterator[None]:
    from alembic.util import CommandError
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    why, sentence = None, Trouble.DATABASE
    try:
        yield
    except CommandError as error:
        why = Trouble.DATABASE_NEWER.both(why=error)
    except DBAPIError as error:
        told = " ".join(_ASKED.sub("", str(error.orig)).split())  # PostgreSQL's words come in several lines
        if _unreached(error.orig):
            why, sentence = Both(told, told), Trouble.DATABASE_UNREACHED
        else:
            why = Trouble.DATABASE_AWAY.both(why=told)
    except SQLAlchemyError as error:
        why = Trouble.DATABASE_URL.both(why=error)
    if why:
        where = make_url(url)
        place = where.database if where.get_backend_name() == "sqlite" else where.render_as_string(hide_password=True)
        raise StateError(sentence.both(place=place, why=why))


def _unreached(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL's driver found no server: whatever a server refuses within a session has an SQLSTATE."""
    return type(error).__name__ == "OperationalError" and getattr(error, "sqlstate", "") is None


def _require_folder(paths: StatePaths) -> None:
    """See that the folder is none, empty, or a collector's, and this user's."""
    if not paths.root.exists():
        return
    ownership.require_own(paths.root, "collector init")
    if paths.config.exists() or paths.log_id.exists():
        return
    ours = _OURS | {folder.name for folder in paths.folders()}
    foreign = sorted(entry.name for entry in paths.root.iterdir() if entry.name[0] != "." and entry.name not in ours)
    if foreign:
        first, more = ", ".join(foreign[:_SHOWN]), len(foreign) - _SHOWN
        names = Trouble.AND_MORE.both(names=first, count=more) if more > 0 else first
        raise StateError(Trouble.FOREIGN.both(root=paths.root, names=names))


def _require_same(
    paths: StatePaths, standing: CollectorConfig, wanted: CollectorConfig, asked: Collection[str]
) -> None:
    pairs = [(name, getattr(standing, name), getattr(wanted, name)) for name in asked]
    other = [
        Trouble.OTHER_THERE.both(option=option(name), stands=stands, asks=asks)
        for name, stands, asks in pairs
        if stands != asks
    ]
    if other:
        said = [Trouble.OTHER_SETTINGS.both(root=paths.root, other=join("; ", other), config=paths.config)]
        if "advertise" in asked and standing.advertise != wanted.advertise:
            said.append(Trouble.OTHER_NAME.both(certificate=paths.server_certificate, root=paths.root))
        raise SettingsError(join("", said))


def _require_authority(paths: StatePaths) -> None:
    """See that what all agents trust was not lost: a new authority would turn every one of them away."""
    set_up = paths.config.exists() and paths.log_id.exists()  # the authority is made before both
    if not paths.server_certificate.exists() and not set_up:
        return
    for file in (paths.ca_certificate, paths.ca_key):
        if not file.exists():
            raise StateError(Trouble.AUTHORITY_LOST.both(file=file))


def _require_name(wanted: CollectorConfig) -> None:
    """See that agents are told a name that leads here."""
    asked = {name: str(getattr(wanted, name)) for name in ("session_listen", "enrol_listen")}
    open_ones = [f"{option(name)} {where}" for name, where in asked.items() if not loopback(where)]
    if open_ones and "advertise" not in wanted.model_fields_set:
        listens = Both(*(word.join(open_ones) for word in Trouble.AND.both()))
        raise SettingsError(Trouble.NAME_WANTED.both(listens=listens, advertise=wanted.advertise))


def _require_database(settings: CollectorConfig) -> None:
    """See that many hosts get a database with more than one writer."""
    if settings.expected_hosts > SQLITE_HOSTS and not settings.database_url:
        raise SettingsError(Trouble.POSTGRESQL_WANTED.both(hosts=settings.expected_hosts, most=SQLITE_HOSTS))


def _complete(paths: StatePaths, settings: CollectorConfig) -> bool:
    try:
        require(paths)
    except NotInitialised:
        return False
    return bool(settings.database_url) or paths.control_database.exists()


def _make_stores(paths: StatePaths, settings: CollectorConfig) -> None:
    """Make the control database's tables and the log's name; a new log begins at 0, whatever was read of another."""
    from sqlalchemy import delete

    from tramgac_collector import database
    from tramgac_collector.schema import CursorRow

    url = settings.url(paths)
    update(url)
    if paths.log_id.exists():
        return
    judges = not settings.roles or "judge" in settings.roles  # a gateway's machine shares the database with its centre
    engine = database.open_database(url)
    with _said_of_the_database(url), database.session(engine) as s:
        if judges:
            s.execute(delete(CursorRow))
    engine.dispose()
    whole.write(paths.log_id, f"{os.urandom(8).hex()}\n".encode())


def _make_authority(paths: StatePaths, settings: CollectorConfig) -> None:
    if not paths.ca_certificate.exists():
        paths.ca_key.unlink(missing_ok=True)
        ca.Authority.create().save(paths.ca_key, paths.ca_certificate)
    if not paths.server_certificate.exists():
        paths.server_key.unlink(missing_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        authority = ca.Authority.load(paths.ca_key, paths.ca_certificate)
        listen = (address(settings.session_listen)[0], address(settings.enrol_listen)[0])
        names = [settings.advertise, *(name for name in listen if name not in {"0.0.0.0", "::"}), "localhost"]  # noqa: S104 - compared, not bound
        ca.write_key(paths.server_key, key)
        ca.write_certificate(paths.server_certificate, authority.collector_leaf(key.public_key(), names))


def _toml(settings: CollectorConfig) -> str:
    lines = [_HEAD]
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        text = json.dumps(value, ensure_ascii=False)  # TOML's way too, for texts, numbers and booleans
        size = f"  # {value >> 20} MiB" if name.endswith("_bytes") else ""
        lines.append(f"# {field.description}\n{'' if value != field.default else '# '}{name} = {text}{size}\n")
    return "\n".join(lines)
