"""`tramgac collector backup`, `restore`, `backup-key`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tramgac_proto.names import time_text

from tramgac_collector.cli.backup_words import BackupSaid
from tramgac_collector.cli.cut import decimal
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.options import Json, State, done, state_of
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.times import local
from tramgac_collector.cli.words import Word

if TYPE_CHECKING:
    from tramgac_collector.backup.manifest import Manifest

_To = Annotated[Path | None, typer.Option("--to", metavar="PATH", help=say(BackupSaid.OPTION_TO))]
_Recipient = Annotated[Path | None, typer.Option("--recipient", metavar="FILE", help=say(BackupSaid.OPTION_RECIPIENT))]
_Plain = Annotated[bool, typer.Option("--plain-keys", help=say(BackupSaid.OPTION_PLAIN))]
_Verify = Annotated[Path | None, typer.Option("--verify", metavar="PATH", help=say(BackupSaid.OPTION_VERIFY))]
_Base = Annotated[Path | None, typer.Option("--base", metavar="PATH", help=say(BackupSaid.OPTION_BASE))]
_From = Annotated[Path, typer.Option("--from", metavar="PATH", help=say(BackupSaid.OPTION_FROM))]
_Identity = Annotated[Path | None, typer.Option("--identity", metavar="FILE", help=say(BackupSaid.OPTION_IDENTITY))]
_Out = Annotated[Path, typer.Option("--out", metavar="FILE", help=say(BackupSaid.OPTION_OUT))]


def backup(
    ctx: typer.Context,
    *,
    to: _To = None,
    recipient: _Recipient = None,
    plain_keys: _Plain = False,
    base: _Base = None,
    verify: _Verify = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Take a backup, or read one through."""
    from tramgac_collector import ownership
    from tramgac_collector.backup import check, sealing, take
    from tramgac_collector.backup.words import BackupWord
    from tramgac_collector.paths import StatePaths

    if (to is None) == (verify is None):
        raise Misuse(say(BackupSaid.TO_OR_VERIFY))
    with _told(), _bar() as progress:
        if verify is not None:
            _require(verify)
            _show(check.check(verify.absolute(), progress), verify, BackupSaid.WHOLE, json=json)
            return
        if recipient is None and not plain_keys:
            raise Misuse(say(BackupWord.NO_RECIPIENT))
        assert to is not None  # else it is a misuse
        paths, key = StatePaths(state_of(ctx, state)), sealing.recipient(recipient) if recipient else None
        ownership.keep_private()
        ownership.require_own(paths.root, "collector backup")
        made = take.take(paths, to.absolute(), key, progress, base=base and base.absolute(), by=_me())
    _show(made, to, BackupSaid.TAKEN, json=json)


def restore(
    ctx: typer.Context, *, source: _From, identity: _Identity = None, json: Json = False, state: State = None
) -> None:
    """Restore a backup into an empty state directory."""
    from tramgac_collector import ownership
    from tramgac_collector.backup import restore as restoring
    from tramgac_collector.backup import sealing
    from tramgac_collector.paths import StatePaths

    paths = StatePaths(state_of(ctx, state))
    ownership.keep_private()
    with _told(), _bar() as progress:
        ownership.require_own(paths.root, "collector restore")
        _require(source)
        key = sealing.identity(identity) if identity else None
        made = restoring.restore(source.absolute(), paths, key, progress, by=_me())
    row = _row(made.manifest, source) | {"incarnation": made.incarnation, "state": str(paths.root)}
    params = {"taken": local(row["taken"]), "root": paths.root, "incarnation": made.incarnation}
    done(row, BackupSaid.RESTORED, json=json, **params)


def backup_key(*, out: _Out, json: Json = False) -> None:
    """Make the pair of keys for backups."""
    from tramgac_collector.backup import sealing

    with _told():
        public = sealing.make(out.absolute())
        row = {"identity": str(out), "recipient": str(public), "mark": sealing.mark(sealing.recipient(public))}
    done(row, BackupSaid.MADE_KEY, json=json, file=out, public=public)


def _require(backup: Path) -> None:
    """See that a backup's folder is there, before files in it are missed."""
    if not backup.exists():
        raise Misuse(say(Word.NO_PATH, path=backup))


def _me() -> str:
    import os

    from tramgac_collector.ownership import name_of

    return name_of(os.geteuid())


@contextmanager
def _told() -> Iterator[None]:
    from tramgac_collector.errors import CollectorError

    try:
        yield
    except CollectorError as error:
        raise Failed(error.said()) from error
    except OSError as error:
        raise Failed(f"{error.filename or ''}: {error.strerror or error}") from error


class _Bar:
    """A bar that begins when it is known of how much."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._of = 0

    def __call__(self, at: int, of: int) -> None:
        from tramgac_collector.matching.progress import Progress

        if of and of != self._of:
            self._bar, self._of = Progress(of, sys.stderr, sys.stdout), of
        if self._bar is not None:
            self._bar.at(at, at >> 20, of >> 20)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.end()


@contextmanager
def _bar() -> Iterator[_Bar]:
    made = _Bar()
    try:
        yield made
    finally:
        made.end()


def _row(made: "Manifest", place: Path) -> dict[str, Any]:
    told = {"taken": time_text(made.taken), "path": str(place), "parts": len(made.parts), "bytes": made.size}
    return {**told, "head": made.head, "database": made.database, "version": made.version, "recipient": made.recipient}


def _show(made: "Manifest", place: Path, word: BackupSaid, *, json: bool) -> None:
    row = _row(made, place)
    keys = say(BackupSaid.KEYS_SEALED, recipient=made.recipient) if made.recipient else say(BackupSaid.KEYS_PLAIN)
    params = {"target": place, "taken": local(row["taken"]), "parts": row["parts"], "head": row["head"]}
    done(row, word, json=json, size=decimal(made.size / (1 << 20), 1), keys=keys, **params)
